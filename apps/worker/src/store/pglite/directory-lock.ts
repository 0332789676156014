import { readFileSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { StoreError } from '../store.errors.js';

/** The process that holds a directory. `started` distinguishes it from a later process with the same id. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Locks that this process holds. Its own process id is always alive, so the file alone does not show whether it holds a
 * lock.
 */
const held = new Set<string>();
const MAX_TRIES = 5;

/**
 * Takes a lock file for this process; PGlite itself would let a second process write to its directory. The lock of a
 * dead process (kill -9, power loss) is taken over. Error: DirectoryLocked.
 */
export async function lockDirectory(file: string): Promise<DirectoryLock> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: startTime(process.pid) } satisfies Holder);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    if (await createLock(file, mine)) {
      held.add(file);
      return { release: () => releaseLock(file, mine) };
    }
    const found = await readIfThere(file);
    if (found !== null && (held.has(file) || isAlive(found))) throw lockedError(file, found);
    if (found !== null) await removeStale(file, found);
  }
  throw new StoreError(
    'DirectoryLocked',
    `${file}: other processes keep taking this lock; is one restarting in a loop?`,
  );
}

async function createLock(file: string, content: string): Promise<boolean> {
  // Written to a file of its own and then linked into place, so that nobody reads a half-written lock.
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * If several processes find the same stale lock, the rename lets one of them win; a fresh lock that was renamed by
 * mistake is put back.
 */
async function removeStale(file: string, judged: string): Promise<void> {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const caught = await readIfThere(aside);
  if (caught !== judged) await link(aside, file);
  await rm(aside, { force: true });
}

async function releaseLock(file: string, mine: string): Promise<void> {
  held.delete(file);
  if ((await readIfThere(file)) === mine) await rm(file, { force: true });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isAlive(content: string): boolean {
  const holder = parseHolder(content);
  // The process of a lock from another host (a volume that moved with its container) cannot run here.
  if (holder === null || holder.host !== hostname() || holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return holder.started === '' || holder.started === startTime(holder.pid);
}

function parseHolder(content: string): Holder | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return null;
    const started = 'started' in value && typeof value.started === 'string' ? value.started : '';
    return { pid: Number(value.pid), host: String(value.host), started };
  } catch {
    return null;
  }
}

/** The start time of a process, in the kernel's ticks; empty on a system without /proc. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may contain spaces; the start time is field 22, the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function lockedError(file: string, content: string): StoreError {
  const holder = parseHolder(content);
  return new StoreError(
    'DirectoryLocked',
    `the embedded database is in use by process ${holder?.pid ?? 'unknown'} (${file}): it serves one process; ` +
      'stop that one, or set [database] connection to a PostgreSQL server for more workers',
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
