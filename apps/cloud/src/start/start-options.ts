import { readFile } from 'node:fs/promises';
import { CloudError, EXIT } from '../cloud.errors.js';
import { LAST_BASE, PORT_COUNT, listenVariables, portVariables } from './ports.js';

/** The flags of `albireo start`, as commander gives them. */
export interface StartFlags {
  readonly name: string;
  readonly ephemeral?: boolean;
  readonly portBase?: string;
  readonly listen?: string;
  readonly seed?: string;
  readonly faults?: string;
  readonly readyFile?: string;
  readonly detach?: boolean;
  readonly control?: boolean;
  readonly statePath?: string;
  readonly configFile?: readonly string[];
  readonly debug?: boolean;
  readonly timeout: string;
  readonly endWithInput?: boolean;
}

/** The flags as the program's own arguments and variables: from there on they are options like any others. */
export async function serverInput(
  flags: StartFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ argv: string[]; env: Record<string, string | undefined> }> {
  const ports = flags.portBase === undefined ? {} : await portVariables(portBase(flags.portBase));
  return {
    argv: [
      ...(flags.configFile ?? []).flatMap((file) => ['--config-file', file]),
      ...(flags.statePath === undefined ? [] : ['--state-path', flags.statePath]),
      ...(flags.ephemeral === true ? ['--ephemeral'] : []),
      ...(flags.debug === true ? ['--debug'] : []),
    ],
    env: {
      ...environment,
      ...ports,
      ...(flags.listen === undefined ? {} : listenVariables(flags.listen)),
      ...(flags.seed !== undefined && {
        OS_CONTROL__SEED: flags.seed,
        ...(await hostVariables(flags.seed, environment)),
      }),
      ...(flags.faults !== undefined && { OS_FAULTS__FILE: flags.faults }),
      ...(flags.control === false && { OS_CONTROL__ENABLED: 'false', OS_FAULTS__ENABLED: 'false' }),
    },
  };
}

/** As many compute hosts as the zones of a seed need, where the environment does not say how many. */
async function hostVariables(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  if (file === 'devstack' || environment['OS_FAKE__HOSTS'] !== undefined) return {};
  try {
    const { hostsOf } = await import('../../../server/src/seed/seed-document.js');
    const hosts = hostsOf(await readFile(file, 'utf8'), file);
    return hosts === 0 ? {} : { OS_FAKE__HOSTS: String(hosts) };
  } catch (error) {
    throw new CloudError(`--seed ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function portBase(text: string): number {
  const base = Number(text);
  if (/^\d{1,5}$/.test(text) && (base === 0 || (base >= 1 && base <= LAST_BASE))) return base;
  throw new CloudError(
    `--port-base ${JSON.stringify(text)}: expected 0 (free ports), or the first of ${PORT_COUNT} ports, at most ${LAST_BASE}`,
    EXIT.usage,
  );
}

/** Seconds. Throws CloudError for what is none. */
export function seconds(flag: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86_400) return value;
  throw new CloudError(`${flag} ${JSON.stringify(text)}: expected seconds, more than 0 and at most 86400`, EXIT.usage);
}
