import type { Command } from 'commander';
import { allOptionGroups, loadConfiguration, loadInspection, programs } from '#libs/options';
import { runInspection } from './run-inspection.js';

const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

const filesOf = (files: readonly string[]): readonly string[] => files.flatMap((file) => ['--config-file', file]);

function registerDocuments(config: Command): void {
  config
    .command('sample')
    .description('print a configuration file with every option and its default, commented out')
    .action(async () => {
      const { sampleFile } = await loadInspection();
      process.stdout.write(sampleFile(allOptionGroups, programs));
    });
  config
    .command('reference')
    .description('print the reference page of all options, in Markdown')
    .action(async () => {
      const { referencePage } = await loadInspection();
      process.stdout.write(referencePage(allOptionGroups, programs));
    });
  config
    .command('schema')
    .description('print a JSON Schema of all options')
    .action(async () => {
      const { configurationSchema } = await loadInspection();
      print([JSON.stringify(configurationSchema(allOptionGroups, programs), undefined, 2)]);
    });
}

const programOption = [
  '--program <name>',
  'the program whose defaults and default files count',
  'albireo-server',
] as const;

/** `albireo-manage config …`: the available options, and their values from these files, variables and flags. */
export function registerConfigCommands(program: Command): void {
  const config = program.command('config').description('the options: what there is, what is set, and where');
  registerDocuments(config);
  config
    .command('check')
    .description('judge a configuration without starting anything; exit 1 when there are errors')
    .argument('[files...]', 'in place of the files that a program would read')
    .option(...programOption)
    .action(async (files: readonly string[], _options: unknown, command: Command) => {
      await runInspection(command, (input, inspection) => {
        const argv = files.length === 0 ? input.argv : [...input.argv, ...filesOf(files)];
        const report = inspection.checkConfiguration({ ...input, argv });
        print(inspection.formatCheck(report));
        return report.faults.length === 0 ? 0 : 1;
      });
    });
  config
    .command('explain')
    .description('show every place that sets an option, the one that counts marked with *')
    .argument('<option>', 'as debug or api.max_limit')
    .option(...programOption)
    .action(async (name: string, _options: unknown, command: Command) => {
      await runInspection(command, (input, inspection) => {
        for (const explanation of inspection.explainOption(input, name))
          print(inspection.formatExplanation(explanation));
        return 0;
      });
    });
  config
    .command('show')
    .description('print the values in effect, secrets masked')
    .option(...programOption)
    .action(async (_options: unknown, command: Command) => {
      await runInspection(command, (input, inspection) => {
        print(inspection.showConfiguration(loadConfiguration(input)));
        return 0;
      });
    });
  config
    .command('diff')
    .description('show what a program would do that is running now and then reads these files: change, or not')
    .argument('<files...>', 'the files as they would be')
    .option(...programOption)
    .action(async (files: readonly string[], _options: unknown, command: Command) => {
      await runInspection(command, (input, inspection) => {
        const running = loadConfiguration(input);
        const next = loadConfiguration({ ...input, argv: [...input.argvWithoutFiles, ...filesOf(files)] });
        print(inspection.formatDifference(inspection.diffConfigurations(running, next)));
        return 0;
      });
    });
}
