#!/usr/bin/env node
// albireo-spicehtml5proxy: browsers reach the SPICE consoles of servers, as with nova-spicehtml5proxy.
import { runConsole } from './run-console.js';

await runConsole('spicehtml5proxy');
