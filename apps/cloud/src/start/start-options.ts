import { readFile } from 'node:fs/promises';
import { CloudError, EXIT } from '../cloud.errors.js';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server } from 'node:net';

/** The options that get the ports from the base on, in this order. */
const OPTIONS = [
  'DEFAULT__IDENTITY_LISTEN_PORT',
  'DEFAULT__OSAPI_COMPUTE_LISTEN_PORT',
  'DEFAULT__METADATA_LISTEN_PORT',
  'DEFAULT__IMAGE_LISTEN_PORT',
  'DEFAULT__NETWORK_LISTEN_PORT',
  'HEALTH__PORT',
  'CONTROL__PORT',
  'VNC__NOVNCPROXY_PORT',
  'SERIAL_CONSOLE__SERIALPROXY_PORT',
  'SPICE__HTML5PROXY_PORT',
] as const;

/** The options of the addresses on which all of these listen. */
const ADDRESSES = [
  'DEFAULT__IDENTITY_LISTEN',
  'DEFAULT__OSAPI_COMPUTE_LISTEN',
  'DEFAULT__METADATA_LISTEN',
  'DEFAULT__IMAGE_LISTEN',
  'DEFAULT__NETWORK_LISTEN',
  'HEALTH__LISTEN',
  'CONTROL__LISTEN',
  'VNC__NOVNCPROXY_HOST',
  'SERIAL_CONSOLE__SERIALPROXY_HOST',
  'SPICE__HTML5PROXY_HOST',
] as const;

/** Options, as variables, that set all listen addresses to one address, as a container needs it. */
function listenVariables(address: string): Record<string, string> {
  return Object.fromEntries(ADDRESSES.map((option) => [`OS_${option}`, address]));
}

const PORT_COUNT = OPTIONS.length;
const LAST_BASE = 65_536 - PORT_COUNT;
/**
 * Below the ports for outgoing connections (32768 and above on Linux): so no connection takes one between search and
 * start.
 */
const FIRST = 15_000;
const END = 32_000;
const TRIES = 500;

/** Options, as variables, that set consecutive ports from `base` on; 0: a range of free ports. */
async function portVariables(base: number): Promise<Record<string, string>> {
  const first = base === 0 ? await findBase() : base;
  return Object.fromEntries(OPTIONS.map((option, at) => [`OS_${option}`, String(first + at)]));
}

async function findBase(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const base = randomInt(FIRST, END - PORT_COUNT);
    const servers = await Promise.all(OPTIONS.map((_option, at) => listenOn(base + at)));
    await Promise.all(servers.map((server) => new Promise((resolve) => (server ? server.close(resolve) : resolve(0)))));
    if (servers.every((server) => server !== undefined)) return base;
  }
  throw new CloudError(`no ${PORT_COUNT} free ports side by side were found between ${FIRST} and ${END}`);
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}

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

/** Converts the flags to the program's own arguments and variables: from there on they are options like any others. */
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
      ...(flags.faults !== undefined && { OS_FAULTS__FILE: await checkedRules(flags.faults) }),
      ...(flags.control === false && { OS_CONTROL__ENABLED: 'false', OS_FAULTS__ENABLED: 'false' }),
    },
  };
}

/** As many compute hosts as the zones of a seed need, if the environment does not set their number. */
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

/** The same file. Throws CloudError with all its faults, before anything has been started. */
async function checkedRules(file: string): Promise<string> {
  try {
    const { readRules } = await import('../../../worker/src/fault-injection/prepare-faults.js');
    readRules(await readFile(file, 'utf8'), file);
    return file;
  } catch (error) {
    throw new CloudError(`--faults ${file}: ${error instanceof Error ? error.message : String(error)}`);
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

/** Seconds. Throws CloudError for an invalid number. */
export function seconds(flag: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86_400) return value;
  throw new CloudError(`${flag} ${JSON.stringify(text)}: expected seconds, more than 0 and at most 86400`, EXIT.usage);
}
