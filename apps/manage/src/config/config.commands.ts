import type { Command } from 'commander';
import {
  allOptionGroups,
  checkConfiguration,
  configurationSchema,
  diffConfigurations,
  explainOption,
  formatCheck,
  formatDifference,
  formatExplanation,
  loadConfiguration,
  programs,
  referencePage,
  sampleFile,
  showConfiguration,
} from '#libs/config';
import { runInspection } from './run-inspection.js';

const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

const filesOf = (files: readonly string[]): readonly string[] => files.flatMap((file) => ['--config-file', file]);

function registerDocuments(config: Command): void {
  config
    .command('sample')
    .description('print a configuration file with every option and its default, commented out')
    .action(() => void process.stdout.write(sampleFile(allOptionGroups, programs)));
  config
    .command('reference')
    .description('print the reference page of all options, in Markdown')
    .action(() => void process.stdout.write(referencePage(allOptionGroups, programs)));
  config
    .command('schema')
    .description('print a JSON Schema of all options')
    .action(() => print([JSON.stringify(configurationSchema(allOptionGroups, programs), undefined, 2)]));
}

const programOption = [
  '--program <name>',
  'the program whose defaults and default files count',
  'albireo-server',
] as const;

/** `albireo-manage config …`: what the options are, and what these files, variables and flags make of them. */
export function registerConfigCommands(program: Command): void {
  const config = program.command('config').description('the options: what there is, what is set, and where');
  registerDocuments(config);
  config
    .command('check')
    .description('judge a configuration without starting anything; exit 1 when there are errors')
    .argument('[files...]', 'in place of the files that a program would read')
    .option(...programOption)
    .action((files: readonly string[], _options: unknown, command: Command) => {
      runInspection(command, (input) => {
        const argv = files.length === 0 ? input.argv : [...input.argv, ...filesOf(files)];
        const report = checkConfiguration({ ...input, argv });
        print(formatCheck(report));
        return report.faults.length === 0 ? 0 : 1;
      });
    });
  config
    .command('explain')
    .description('show every place that sets an option, the one that counts marked with *')
    .argument('<option>', 'as debug or api.max_limit')
    .option(...programOption)
    .action((name: string, _options: unknown, command: Command) => {
      runInspection(command, (input) => {
        for (const explanation of explainOption(input, name)) print(formatExplanation(explanation));
        return 0;
      });
    });
  config
    .command('show')
    .description('print the values in effect, secrets masked')
    .option(...programOption)
    .action((_options: unknown, command: Command) => {
      runInspection(command, (input) => {
        print(showConfiguration(loadConfiguration(input)));
        return 0;
      });
    });
  config
    .command('diff')
    .description('show what a program would do that is running now and then reads these files: change, or not')
    .argument('<files...>', 'the files as they would be')
    .option(...programOption)
    .action((files: readonly string[], _options: unknown, command: Command) => {
      runInspection(command, (input) => {
        const running = loadConfiguration(input);
        const next = loadConfiguration({ ...input, argv: [...input.argvWithoutFiles, ...filesOf(files)] });
        print(formatDifference(diffConfigurations(running, next)));
        return 0;
      });
    });
}
