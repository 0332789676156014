import { readdirSync } from 'node:fs';
import { listeningSockets, readText, socketInodes } from './process-sockets.js';

/** All addresses of the machine, of both families. */
const anyAddress = '::';
const anyIpv4 = '0.0.0.0';
/** Errors of a machine without IPv6. */
const withoutIpv6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

/** Listens on a host; on `::` with IPv4 only if the machine has no IPv6. */
export async function listenOn<T>(host: string, listen: (host: string) => Promise<T>): Promise<T> {
  try {
    return await listen(host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (host !== anyAddress || !withoutIpv6.has(code)) throw error;
    return listen(anyIpv4);
  }
}

/** `10.0.0.1:80`, `[::]:80`. */
export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * The process that listens on a TCP port, as `pid 812 (nginx: master)`; undefined if /proc does not show it. Linux
 * only.
 */
export function findPortHolder(port: number): string | undefined {
  const inodes = new Set([...listeningSockets()].filter(([, listens]) => listens === port).map(([inode]) => inode));
  if (inodes.size === 0) return undefined;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => socketInodes(candidate).some((inode) => inodes.has(inode)));
  if (pid === undefined) return undefined;
  const command = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 120);
  return `pid ${pid} (${command || readText(`/proc/${pid}/comm`).trim()})`;
}
