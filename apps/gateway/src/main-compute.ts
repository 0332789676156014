#!/usr/bin/env node
// albireo-gateway-compute: only the Compute API, as nova-api-os-compute.
import { runGateway } from './run-gateway.js';

await runGateway('albireo-gateway-compute', () => ['osapi_compute']);
