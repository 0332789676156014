import type { Command } from 'commander';
import { IdentityOptions, loadConfiguration, MessagingOptions, ServiceOptions } from '#libs/options';
import type { Configuration, ConfigurationInspection, LoadInput } from '#libs/config';
import { formatFault, loadInspection } from '#libs/config';
import { policyRules } from '#libs/contracts';
import { policyOpener } from '#libs/policy';
import { checkBroker } from './checks/broker.js';
import { checkDatabase } from './checks/database.js';
import type { CheckResult, NamedResult } from './upgrade-check.js';
import { failure, success, warning, CODES, formatResults, worst } from './upgrade-check.js';
import { inspectionInput } from '../config/run-inspection.js';

/** Gateways on different machines must have the same keys; otherwise tokens of one are refused by the other. */
function checkSigningKeys(config: Configuration): CheckResult {
  const { signingKeys } = config.get(IdentityOptions);
  const { transportUrl = 'memory:' } = config.get(MessagingOptions);
  if (signingKeys.length > 0) return success();
  if (transportUrl.startsWith('memory:')) {
    return success(`Generated in ${config.get(ServiceOptions).statePath}: for one machine.`);
  }
  return warning(
    '[identity] signing_keys is not set here. A gateway needs it, the same on all; a worker does not. Run this where the gateway runs.',
  );
}

/** The operator's policy files, read as the programs read them. */
function checkPolicy(config: Configuration): CheckResult {
  const warnings: string[] = [];
  try {
    for (const rules of Object.values(policyRules)) policyOpener(config)(rules, (message) => warnings.push(message));
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
  return warnings.length === 0 ? success() : warning([...new Set(warnings)].join(' '));
}

type Report = ReturnType<ConfigurationInspection['checkConfiguration']>;

/** Faults stop an upgrade: a program of this release would not start. Old names are still accepted. */
function checkConfigurationFiles({ files, faults, warnings }: Report): CheckResult {
  if (faults.length > 0) return failure(faults.map((fault) => formatFault(fault)).join(' '));
  if (warnings.length > 0) return warning(warnings.join(' '));
  return success(files.length === 0 ? 'No files; defaults and environment only.' : null);
}

type Group = (config: Configuration) => Promise<NamedResult[]>;

const one =
  (name: string, check: (config: Configuration) => CheckResult): Group =>
  async (config) => [{ name, ...check(config) }];

const groups: readonly Group[] = [
  one('Signing Keys', checkSigningKeys),
  one('Policy Files', checkPolicy),
  checkDatabase,
  checkBroker,
];

/** All checks, one after the other; checks that need a valid configuration are skipped if it has faults. */
async function runChecks(input: LoadInput, inspection: ConfigurationInspection): Promise<NamedResult[]> {
  const configuration = checkConfigurationFiles(inspection.checkConfiguration(input));
  const results: NamedResult[] = [{ name: 'Configuration', ...configuration }];
  if (configuration.code === 'Failure') {
    const details = 'Not looked at: the configuration has errors.';
    return [...results, { name: 'Database and Services', ...failure(details) }];
  }
  const config = loadConfiguration(input);
  for (const group of groups) results.push(...(await group(config)));
  return results;
}

/** An exit code that no check uses. */
const BROKEN = 255;

/** `albireo-manage status upgrade check`, nova-status' command of the same name. */
export function registerStatusCommands(program: Command): void {
  const status = program.command('status').description('whether this installation may be upgraded');
  status
    .command('upgrade')
    .description('before and after an upgrade')
    .command('check')
    .description(
      'look at configuration, database, broker and services with this release; exit 0 success, 1 warnings, 2 failures, 255 error',
    )
    .option('--program <name>', 'the program whose defaults and default files count', 'albireo-server')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      try {
        const results = await runChecks(inspectionInput(command), await loadInspection());
        const checks = results.map(({ name, code, details }) => ({ check: name, result: CODES[code], details }));
        const json = `${JSON.stringify({ name: 'Upgrade Check Results', checks }, undefined, 2)}\n`;
        process.stdout.write(options.json === true ? json : formatResults(results));
        process.exitCode = worst(results);
      } catch (error) {
        process.stderr.write(`Error:\n${error instanceof Error ? error.stack : String(error)}\n`);
        process.exitCode = BROKEN;
      }
    });
}
