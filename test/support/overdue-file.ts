import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process as `ps` lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly line: string;
}

/** Under this name a test file's process and all that it starts know which file they belong to. */
export const FILE_VARIABLE = 'ALBIREO_TEST_FILE';

/**
 * Kills what runs for a test file that does not end: the processes below its own, and those that lost their parent and
 * hold its output open (found by FILE_VARIABLE, where there is a /proc). Answers the lines of `ps` of all of them.
 *
 * @param path the compiled test file, as it stands in its process' arguments
 */
export function killProcessesOf(path: string): string {
  const all = listProcesses();
  const roots = all.filter(({ parent, line }) => parent === process.pid && line.includes(path));
  const found = new Set(roots.map(({ pid }) => pid));
  for (const { pid, parent } of all) if (parent === 1 && isMarked(pid, path)) found.add(pid);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  for (const pid of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  return all
    .filter(({ pid }) => found.has(pid))
    .map(({ line }) => line.slice(0, 300))
    .join('\n');
}

function listProcesses(): readonly Listed[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,etime=,stat=,command='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [pid, parent] = line.trim().split(/\s+/, 2).map(Number);
    return pid === undefined || parent === undefined ? [] : [{ pid, parent, line: line.trim() }];
  });
}

function isMarked(pid: number, path: string): boolean {
  const file = `/proc/${pid}/environ`;
  try {
    return existsSync(file) && readFileSync(file, 'utf8').split('\0').includes(`${FILE_VARIABLE}=${path}`);
  } catch {
    return false;
  }
}
