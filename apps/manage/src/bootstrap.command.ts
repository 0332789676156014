import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { CatalogOptions, DatabaseOptions, IdentityOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import { bootstrapCatalog } from '../../worker/src/identity/bootstrap-catalog.js';
import { recoverAdministrator } from '../../worker/src/identity/recover-administrator.js';
import { requireSchema, untilReachable } from '../../worker/src/store/index.js';
import type { Store } from '../../worker/src/store/index.js';
import { withStore } from './db/db.commands.js';
import { runWithConfiguration } from './global-options.js';

/** The flags of the command line; the environment (`OS_BOOTSTRAP_…`) takes precedence, as in keystone-manage. */
export interface BootstrapFlags {
  readonly bootstrapUsername?: string;
  readonly bootstrapPassword?: string;
  readonly bootstrapProjectName?: string;
  readonly bootstrapRoleName?: string;
  readonly bootstrapServiceName?: string;
  readonly bootstrapAdminUrl?: string;
  readonly bootstrapPublicUrl?: string;
  readonly bootstrapInternalUrl?: string;
  readonly bootstrapRegionId?: string;
  /** False for `--no-immutable-roles`. */
  readonly immutableRoles?: boolean;
  readonly wait?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable, otherwise the flag; an empty value counts as unset. */
function given(environment: string | undefined, flag: string | undefined): string | undefined {
  return environment || flag || undefined;
}

/** The same, otherwise the option of the configuration. */
function chosen(environment: string | undefined, flag: string | undefined, option: string): string {
  return given(environment, flag) ?? option;
}

/**
 * The administrator's password: `OS_BOOTSTRAP_PASSWORD`, a line of standard input for `--bootstrap-password -`, or
 * `[identity] admin_password`. Throws StartError if there is none, or if it is on the command line, which every user of
 * the machine can read.
 */
export async function bootstrapPassword(
  flags: BootstrapFlags,
  environment: Environment,
  configured: string | undefined,
  readInput: () => Promise<string>,
): Promise<string> {
  const { bootstrapPassword: flag } = flags;
  if (flag !== undefined && flag !== '-') {
    throw new StartError(
      'bootstrap: --bootstrap-password: a password on the command line can be read by every user of the machine: ' +
        'expected - (a line of standard input), or the variable OS_BOOTSTRAP_PASSWORD',
    );
  }
  const variable = environment['OS_BOOTSTRAP_PASSWORD'];
  if (variable !== undefined && variable !== '') return variable;
  const password = flag === '-' ? (await readInput()).replace(/\r?\n[^]*$/, '') : configured;
  if (password !== undefined && password !== '') return password;
  throw new StartError(
    'bootstrap: no password: expected the variable OS_BOOTSTRAP_PASSWORD, --bootstrap-password - with a line of ' +
      'standard input, or [identity] admin_password',
  );
}

/** Creates or changes the first user according to flags, environment and options; returns lines for the operator. */
export async function bootstrap(
  config: Configuration,
  store: Store,
  flags: BootstrapFlags,
  environment: Environment = process.env,
): Promise<readonly string[]> {
  const options = config.get(IdentityOptions);
  const username = chosen(environment['OS_BOOTSTRAP_USERNAME'], flags.bootstrapUsername, options.adminUsername);
  const project = chosen(
    environment['OS_BOOTSTRAP_PROJECT_NAME'],
    flags.bootstrapProjectName,
    options.adminProjectName,
  );
  const role = chosen(environment['OS_BOOTSTRAP_ROLE_NAME'], flags.bootstrapRoleName, options.adminRoleName);
  const { created, password, enabled } = await recoverAdministrator(store, {
    adminUsername: username,
    adminPassword: await bootstrapPassword(flags, environment, options.adminPassword, () => text(process.stdin)),
    adminProjectName: project,
    adminRoleName: role,
    tokenSeconds: options.tokenExpiration,
    region: config.get(CatalogOptions).regionName,
    immutableRoles: flags.immutableRoles ?? true,
  });
  const url = (name: string, flag: string | undefined): Partial<Record<string, string>> => {
    const value = given(environment[`OS_BOOTSTRAP_${name.toUpperCase()}_URL`], flag);
    return value === undefined ? {} : { [name]: value };
  };
  const catalog = await bootstrapCatalog(store, {
    serviceName: chosen(environment['OS_BOOTSTRAP_SERVICE_NAME'], flags.bootstrapServiceName, 'keystone'),
    regionId: given(environment['OS_BOOTSTRAP_REGION_ID'], flags.bootstrapRegionId),
    urls: {
      ...url('admin', flags.bootstrapAdminUrl),
      ...url('public', flags.bootstrapPublicUrl),
      ...url('internal', flags.bootstrapInternalUrl),
    },
  });
  const user = `user ${username}`;
  const changes = [
    ...(created ? [`${user}: created`] : []),
    ...(password ? [`${user}: password changed, tokens issued until now are revoked`] : []),
    ...(enabled ? [`${user}: enabled`] : []),
    ...catalog,
  ];
  return changes.length > 0
    ? changes
    : [`${user}: role ${role} on project ${project} and the system, nothing to change`];
}

export function registerBootstrap(program: Command): void {
  program
    .command('bootstrap')
    .description(
      'bring the administrator, its password, roles and project to what the options say; may be repeated, and gets back ' +
        'into a cloud whose password is lost',
    )
    .option('--bootstrap-username <name>', 'variable OS_BOOTSTRAP_USERNAME; default [identity] admin_username')
    .option(
      '--bootstrap-password <->',
      'only "-", a line of standard input; or variable OS_BOOTSTRAP_PASSWORD; default [identity] admin_password',
    )
    .option(
      '--bootstrap-project-name <name>',
      'variable OS_BOOTSTRAP_PROJECT_NAME; default [identity] admin_project_name',
    )
    .option('--bootstrap-role-name <name>', 'variable OS_BOOTSTRAP_ROLE_NAME; default [identity] admin_role_name')
    .option(
      '--bootstrap-service-name <name>',
      'variable OS_BOOTSTRAP_SERVICE_NAME; of an Identity service that is not in the catalog yet; default keystone',
    )
    .option('--bootstrap-admin-url <url>', 'variable OS_BOOTSTRAP_ADMIN_URL; of the Identity API in the catalog')
    .option('--bootstrap-public-url <url>', 'variable OS_BOOTSTRAP_PUBLIC_URL; the same')
    .option('--bootstrap-internal-url <url>', 'variable OS_BOOTSTRAP_INTERNAL_URL; the same')
    .option(
      '--bootstrap-region-id <region>',
      'variable OS_BOOTSTRAP_REGION_ID; made where it is not there, and the region of those endpoints',
    )
    .option('--immutable-roles', 'default roles cannot be changed or deleted (the default)')
    .option('--no-immutable-roles', 'default roles that are made now can be')
    .option('--wait', 'while the server does not answer, try again: [database] max_retries and retry_interval')
    .action(async (flags: BootstrapFlags, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const lines = await withStore(config, async (store) => {
          if (flags.wait === true) await untilReachable(store, config.get(DatabaseOptions));
          await requireSchema(store);
          return bootstrap(config, store, flags);
        });
        process.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return 0;
      });
    });
}
