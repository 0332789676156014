#!/usr/bin/env node
// albireo-gateway-metadata: only the Metadata API, as nova-api-metadata.
import { runGateway } from './run-gateway.js';

await runGateway('albireo-gateway-metadata', () => ['metadata']);
