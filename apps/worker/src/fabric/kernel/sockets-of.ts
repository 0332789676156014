import { spawn } from 'node:child_process';
import { Socket as UdpSocket } from 'node:dgram';
import { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { NetworkSpace } from './network-space.js';
import { PROGRAM_ENVIRONMENT } from './run-program.js';

const PROGRAM = fileURLToPath(new URL('./open-sockets.js', import.meta.url));

/** Sockets that were opened in a namespace; they belong to this process. */
export interface OpenedSockets {
  readonly tcp: readonly Server[];
  readonly udp: readonly UdpSocket[];
}

const OPEN_TIMEOUT_MS = 10_000;

/**
 * Opens sockets in a namespace of a space: a short-lived program enters it and passes them back. `wanted` as in
 * open-sockets.ts; TCP and UDP sockets are returned in the requested order. Errors: those of the system, such as
 * `listen EADDRINUSE` if another process of the host has them.
 */
export async function socketsOf(
  space: NetworkSpace,
  namespace: string,
  wanted: readonly string[],
): Promise<OpenedSockets> {
  const child = spawn('nsenter', [...space.enter(namespace).slice(1), process.execPath, PROGRAM], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: PROGRAM_ENVIRONMENT,
    timeout: OPEN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  child.send([...wanted], () => undefined);
  const tcp: Server[] = [];
  const udp: UdpSocket[] = [];
  let fault: string | null = null;
  child.on('message', (message, handle) => {
    if (handle instanceof Server) tcp.push(handle);
    else if (handle instanceof UdpSocket) udp.push(handle);
    else if (typeof message === 'object' && message !== null && 'error' in message) fault = String(message.error);
  });
  await new Promise<void>((resolve) => {
    child.on('error', (error) => {
      fault = error.message;
      resolve();
    });
    child.on('close', () => resolve());
  });
  if (fault === null && tcp.length + udp.length < wanted.length) fault = 'the program that opens them ended before';
  if (fault !== null) {
    closeSockets({ tcp, udp });
    throw new Error(`sockets of ${namespace}: ${fault}`);
  }
  return { tcp, udp };
}

export function closeSockets({ tcp, udp }: OpenedSockets): void {
  for (const server of tcp) server.close();
  for (const socket of udp) socket.close();
}
