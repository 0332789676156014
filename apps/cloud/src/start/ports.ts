import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { CloudError } from '../cloud.errors.js';

/** The options that take the ports from the base on, in this order. */
const OPTIONS = [
  'DEFAULT__IDENTITY_LISTEN_PORT',
  'DEFAULT__OSAPI_COMPUTE_LISTEN_PORT',
  'DEFAULT__METADATA_LISTEN_PORT',
  'DEFAULT__IMAGE_LISTEN_PORT',
  'DEFAULT__NETWORK_LISTEN_PORT',
  'HEALTH__PORT',
  'CONTROL__PORT',
  'VNC__NOVNCPROXY_PORT',
  'SERIAL_CONSOLE__SERIALPROXY_PORT',
  'SPICE__HTML5PROXY_PORT',
] as const;

/** The options that say where all of these listen. */
const ADDRESSES = [
  'DEFAULT__IDENTITY_LISTEN',
  'DEFAULT__OSAPI_COMPUTE_LISTEN',
  'DEFAULT__METADATA_LISTEN',
  'DEFAULT__IMAGE_LISTEN',
  'DEFAULT__NETWORK_LISTEN',
  'HEALTH__LISTEN',
  'CONTROL__LISTEN',
  'VNC__NOVNCPROXY_HOST',
  'SERIAL_CONSOLE__SERIALPROXY_HOST',
  'SPICE__HTML5PROXY_HOST',
] as const;

/** Options, as variables, that put everything on one address, as a container needs it. */
export function listenVariables(address: string): Record<string, string> {
  return Object.fromEntries(ADDRESSES.map((option) => [`OS_${option}`, address]));
}

export const PORT_COUNT = OPTIONS.length;
export const LAST_BASE = 65_536 - PORT_COUNT;
/** Below what systems give to outgoing connections (32768 up on Linux): nobody takes one between search and start. */
const FIRST = 15_000;
const END = 32_000;
const TRIES = 500;

/** Options, as variables, that lay all ports side by side from `base` on; 0: where there is room. */
export async function portVariables(base: number): Promise<Record<string, string>> {
  const first = base === 0 ? await findBase() : base;
  return Object.fromEntries(OPTIONS.map((option, at) => [`OS_${option}`, String(first + at)]));
}

async function findBase(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const base = randomInt(FIRST, END - PORT_COUNT);
    const servers = await Promise.all(OPTIONS.map((_option, at) => listenOn(base + at)));
    await Promise.all(servers.map((server) => new Promise((resolve) => (server ? server.close(resolve) : resolve(0)))));
    if (servers.every((server) => server !== undefined)) return base;
  }
  throw new CloudError(`no ${PORT_COUNT} free ports side by side were found between ${FIRST} and ${END}`);
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}
