#!/usr/bin/env node
// albireo: starts a test cloud with one command, and controls it while it runs.
import { Command } from 'commander';
import { productVersion } from '#libs/options';
import { CloudError, EXIT } from './cloud.errors.js';
import { registerClock } from './commands/clock.commands.js';
import { registerFaults } from './commands/fault.commands.js';
import { registerLifetime } from './commands/lifetime.commands.js';
import { registerSeeds } from './commands/seed.commands.js';
import { registerState } from './commands/state.commands.js';
import type { Surroundings } from './surroundings.js';

const surroundings: Surroundings = {
  environment: process.env,
  script: process.argv[1] ?? '',
  passOn: (variables) => void Object.assign(process.env, variables),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
const program = new Command('albireo')
  .description('An OpenStack-compatible cloud for tests. Exit codes: 1 failed, 2 usage, 3 not running, 4 not in time.')
  .version(`albireo ${productVersion()}`, '--version', 'print the version')
  .enablePositionalOptions()
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT.usage);
  });
registerLifetime(program, surroundings);
registerState(program, surroundings);
registerClock(program, surroundings);
registerFaults(program, surroundings);
registerSeeds(program, surroundings);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CloudError)) throw error;
  surroundings.err(`albireo: error: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
