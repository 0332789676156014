import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.js';
import { ControlClient } from '../control-client.js';
import { exportLines, quoted, variablesOf } from '../instance/client-environment.js';
import { readInput } from './fault.commands.js';
import { clientOf, cloudGroup, cloudOf } from './state.commands.js';

export function registerSeeds(program: Command, surroundings: Surroundings): void {
  cloudGroup(program, 'seed', 'make what a YAML file describes; - is the standard input')
    .argument('<file>')
    .action(async (file: string, _options: object, command: Command) => {
      const text = await clientOf(command, surroundings).send(
        'POST',
        `/seed?file=${encodeURIComponent(file)}`,
        readInput(file),
      );
      const { made } = JSON.parse(text) as { made: Record<string, number> };
      const parts = Object.entries(made).map(([section, count]) => `${count} ${section}`);
      surroundings.out(`made ${parts.length === 0 ? 'nothing: all of it was there' : parts.join(', ')}\n`);
    });
  cloudGroup(program, 'export', 'write a seed of what is there').action(async (_options: object, command: Command) => {
    surroundings.out(await clientOf(command, surroundings).send('GET', '/seed'));
  });
  const project = cloudGroup(program, 'project', 'projects for parallel tests');
  project
    .command('new [project]')
    .description('a fresh project with a user, a network and a router: eval "$(albireo project new)"')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const body = name === undefined ? {} : { name };
      const text = await clientOf(command, surroundings).send('POST', '/projects', body);
      const { environment } = JSON.parse(text) as { environment: Record<string, string> };
      const record = ControlClient.recordOf(cloudOf(command), surroundings);
      if (record !== undefined) return surroundings.out(exportLines({ ...variablesOf(record), ...environment }));
      for (const [variable, value] of Object.entries(environment)) {
        surroundings.out(`export ${variable}=${quoted(value)}\n`);
      }
    });
}
