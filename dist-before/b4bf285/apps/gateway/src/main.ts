#!/usr/bin/env node
// albireo-gateway: all APIs of enabled_apis, as nova-api starts them.
import { ServiceOptions } from '#libs/config';
import { runGateway } from './run-gateway.js';

await runGateway('albireo-gateway', (config) => config.get(ServiceOptions).enabledApis);
