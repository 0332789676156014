import { execFile } from 'node:child_process';
import type { CommandResult, OpenstackSession } from './openstack-session.js';

/** The `openstack` command of Debian's python3-openstackclient. */
export const OPENSTACK_COMMAND = process.env['ALBIREO_TEST_OPENSTACK'] ?? '/usr/bin/openstack';

/** Whom the command talks to: a stack, or whoever has a clouds.yaml with the cloud `albireo`. */
export interface CommandTarget {
  /** The home of the user who types. */
  readonly directory: string;
  readonly cloudsFile: string;
  /** Runs the commands in place of a process for each. */
  readonly session?: OpenstackSession;
}

/** Runs `openstack ARGS` against the target's clouds.yaml; never throws for a failing command. */
export function openstackResult(stack: CommandTarget, args: readonly string[]): Promise<CommandResult> {
  if (stack.session !== undefined) return stack.session.run(args);
  return new Promise((resolve) => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: stack.directory,
      OS_CLIENT_CONFIG_FILE: stack.cloudsFile,
      OS_CLOUD: 'albireo',
    };
    execFile(OPENSTACK_COMMAND, args, { env, timeout: 120_000, maxBuffer: 16_000_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs `openstack ARGS -f json` and answers what it printed; a failing command is an error with its output. */
export async function openstackJson(stack: CommandTarget, ...args: readonly string[]): Promise<unknown> {
  const result = await openstackResult(stack, [...args, '-f', 'json']);
  if (result.code !== 0)
    throw new Error(`openstack ${args.join(' ')}: exit ${result.code}\n${result.stderr}\n${result.stdout}`);
  return JSON.parse(result.stdout);
}

/** Runs `openstack ARGS` for its effect. */
export async function openstack(stack: CommandTarget, ...args: readonly string[]): Promise<string> {
  const result = await openstackResult(stack, args);
  if (result.code !== 0)
    throw new Error(`openstack ${args.join(' ')}: exit ${result.code}\n${result.stderr}\n${result.stdout}`);
  return result.stdout;
}
