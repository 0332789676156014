#!/usr/bin/env node
// albireo-novncproxy: browsers reach the VNC consoles of servers, as with nova-novncproxy.
import { runConsole } from './run-console.js';

await runConsole('novncproxy');
