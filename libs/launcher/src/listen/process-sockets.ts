import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listening = '0A';

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The listening TCP sockets, as inode to port, from /proc/net/tcp and tcp6. Empty if there is no /proc. */
export function listeningSockets(): Map<string, number> {
  const sockets = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(table).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const inode = columns[9];
      if (columns[3] !== listening || inode === undefined) continue;
      sockets.set(inode, Number.parseInt(columns[1]?.split(':')[1] ?? '', 16));
    }
  }
  return sockets;
}

/** The inodes of a process's open sockets; empty without permission to read them. */
export function socketInodes(pid: number | string): string[] {
  let descriptors: string[];
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`);
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
  return descriptors.flatMap((descriptor) => {
    const match = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`));
    return match?.[1] === undefined ? [] : [match[1]];
  });
}
