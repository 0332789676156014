import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listening = '0A';

/** The inodes of the sockets that listen on a port, from /proc/net/tcp and tcp6. */
function listeningInodes(port: number): Set<string> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(table).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const inode = columns[9];
      if (columns[1]?.endsWith(wanted) && columns[3] === listening && inode !== undefined) inodes.add(inode);
    }
  }
  return inodes;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function holdsOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const match = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`));
      return match?.[1] !== undefined && inodes.has(match[1]);
    });
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Who listens on a TCP port, as `pid 812 (nginx: master)`; undefined where /proc does not tell. Linux only. */
export function findPortHolder(port: number): string | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const pid = pids.find((candidate) => holdsOneOf(candidate, inodes));
  if (pid === undefined) return undefined;
  const command = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 120);
  return `pid ${pid} (${command || readText(`/proc/${pid}/comm`).trim()})`;
}
