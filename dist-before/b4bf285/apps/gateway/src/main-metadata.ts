#!/usr/bin/env node
// albireo-gateway-metadata: the Metadata API alone, as nova-api-metadata.
import { runGateway } from './run-gateway.js';

await runGateway('albireo-gateway-metadata', () => ['metadata']);
