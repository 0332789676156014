import { argv } from 'node:process';

/**
 * The name of a worker process for `ps`, as defined by neutron's `setproctitle` option: `brief` = program and services,
 * `on` = also the command line of the program, `off` = unchanged.
 */
export function workerTitle(mode: 'on' | 'off' | 'brief', program: string, services: string): string | undefined {
  if (mode === 'off') return undefined;
  const brief = `${program}: ${services} worker`;
  return mode === 'brief' ? brief : `${brief} (${argv.slice(1).join(' ')})`;
}
