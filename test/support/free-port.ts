import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server } from 'node:net';

/**
 * Below the ports that systems give to listeners on port 0 and to outgoing connections (32768 up on Linux): what is
 * found here is not taken by such a one between the search and the start of the program under test.
 */
const FIRST = 15_000;
const LAST = 32_000;
/** Given out by this process; who asked may listen later than another one asks. */
const given = new Set<number>();

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Finds `count` ports of the loopback address that nobody listens on just now. All are held until the last is found. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = randomInt(FIRST, LAST);
    const server = given.has(port) ? undefined : await listenOn(port);
    given.add(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}
