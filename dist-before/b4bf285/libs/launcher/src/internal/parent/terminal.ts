import { readFileSync } from 'node:fs';

/**
 * Whether this process runs in the foreground of a terminal, where Ctrl-C and a hang-up mean "stop", as oslo.service's
 * `_is_daemon` asks it.
 */
export function isInForeground(): boolean {
  if (!process.stdout.isTTY && !process.stderr.isTTY) return false;
  try {
    // After the command in parentheses: state, ppid, process group, session, terminal, the terminal's foreground group.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ');
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}
