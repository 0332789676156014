#!/usr/bin/env node
// albireo-serialproxy: browsers reach the serial consoles of servers, as with nova-serialproxy.
import { runConsole } from './run-console.js';

await runConsole('serialproxy');
