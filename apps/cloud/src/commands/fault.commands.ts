import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CloudError, EXIT } from '../cloud.errors.js';
import type { Surroundings } from '../surroundings.js';
import { clientOf, cloudGroup } from './state.commands.js';

interface State {
  readonly id: string;
  readonly matches: number;
  readonly hits: number;
  readonly isOver: boolean;
  readonly rule: object;
}
interface Hit {
  readonly number: number;
  readonly at: string;
  readonly id: string;
  readonly border: string;
  readonly facts: object;
}
interface Scenario {
  readonly name: string;
  readonly summary: string;
}

/** The text of a file, or of the standard input for `-`. Throws CloudError. */
export function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CloudError(`${file}: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage);
  }
}

export function registerFaults(program: Command, surroundings: Surroundings): void {
  const fault = cloudGroup(program, 'fault', 'faults on demand');
  const ask = async <T>(command: Command, path: string): Promise<T> =>
    JSON.parse(await clientOf(command, surroundings).send('GET', path)) as T;
  fault
    .command('add <file>')
    .description('rules of a YAML file; - is the standard input')
    .action(async (file: string, _options: object, command: Command) => {
      const text = await clientOf(command, surroundings).send(
        'POST',
        `/faults?file=${encodeURIComponent(file)}`,
        readInput(file),
      );
      surroundings.out(`${(JSON.parse(text) as { ids: string[] }).ids.join('\n')}\n`);
    });
  fault
    .command('scenario [scenario]')
    .description('a ready-made fault; without a name: which there are')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      if (name !== undefined) {
        await clientOf(command, surroundings).send('POST', `/fault-scenarios/${encodeURIComponent(name)}`);
        return;
      }
      const { scenarios } = await ask<{ scenarios: Scenario[] }>(command, '/fault-scenarios');
      for (const { name: each, summary } of scenarios) surroundings.out(`${each}\t${summary}\n`);
    });
  fault
    .command('list')
    .description('the rules, how often each fitted and how often it took effect')
    .action(async (_options: object, command: Command) => {
      for (const { id, matches, hits, isOver, rule } of (await ask<{ faults: State[] }>(command, '/faults')).faults) {
        surroundings.out(
          `${id}\t${matches} matches\t${hits} hits\t${isOver ? 'over' : 'on'}\t${JSON.stringify(rule)}\n`,
        );
      }
    });
  fault
    .command('log')
    .description('what was hit, the latest thousand')
    .action(async (_options: object, command: Command) => {
      for (const { number, at, id, border, facts } of (await ask<{ hits: Hit[] }>(command, '/fault-log')).hits) {
        surroundings.out(`${number}\t${at}\t${id}\t${border}\t${JSON.stringify(facts)}\n`);
      }
    });
  fault
    .command('remove <id>')
    .description('take a rule away')
    .action(async (id: string, _options: object, command: Command) => {
      await clientOf(command, surroundings).send('DELETE', `/faults/${encodeURIComponent(id)}`);
    });
  fault
    .command('clear')
    .description('take all rules and the log away')
    .action(async (_options: object, command: Command) => {
      await clientOf(command, surroundings).send('DELETE', '/faults');
    });
}
