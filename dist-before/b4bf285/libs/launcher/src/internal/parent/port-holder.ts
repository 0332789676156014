import { readdirSync } from 'node:fs';
import { listeningSockets, readText, socketInodes } from './process-sockets.js';

/** Who listens on a TCP port, as `pid 812 (nginx: master)`; undefined where /proc does not tell. Linux only. */
export function findPortHolder(port: number): string | undefined {
  const inodes = new Set([...listeningSockets()].filter(([, listens]) => listens === port).map(([inode]) => inode));
  if (inodes.size === 0) return undefined;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => socketInodes(candidate).some((inode) => inodes.has(inode)));
  if (pid === undefined) return undefined;
  const command = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 120);
  return `pid ${pid} (${command || readText(`/proc/${pid}/comm`).trim()})`;
}
