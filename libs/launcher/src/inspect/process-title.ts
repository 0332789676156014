import { argv } from 'node:process';

/**
 * The name of a worker process for `ps`, as neutron's `setproctitle` option asks for it: `brief` = program and services,
 * `on` = the command line of the program too, `off` = as the process was started.
 */
export function workerTitle(mode: 'on' | 'off' | 'brief', program: string, services: string): string | undefined {
  if (mode === 'off') return undefined;
  const brief = `${program}: ${services} worker`;
  return mode === 'brief' ? brief : `${brief} (${argv.slice(1).join(' ')})`;
}
