import type { Command } from 'commander';
import { loadInspection } from '#libs/config';
import { inspectionInput } from '../config/run-inspection.js';
import { runChecks } from './run-checks.js';
import { CODES, formatResults, worst } from './upgrade-check.js';

/** Not one of the checks' own codes. */
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
