#!/usr/bin/env node
import { Command } from 'commander';
import { productVersion } from '#libs/config';
import { registerCloudsYaml } from './clouds-yaml.command.js';
import { registerConfigCommands } from './config/config.commands.js';
import { registerDatabaseCommands } from './db/db.commands.js';
import { withGlobalOptions } from './global-options.js';
import { registerPipelineCommands } from './pipeline/pipeline.commands.js';
import { registerPolicyCommands } from './policy/policy.commands.js';
import { registerReport } from './report.command.js';
import { registerRpcCommands } from './rpc/rpc.commands.js';
import { registerStatusCommands } from './status/status.commands.js';
import { registerSetup } from './setup.command.js';

const program = withGlobalOptions(new Command('albireo-manage').description("The operator's commands of Albireo."));
// Commander takes an option of the program wherever it stands, and `rpc call` has a `--version` of its own.
if (!process.argv.includes('rpc')) {
  program.version(`albireo-manage ${productVersion()}`, '--version', 'print the version');
}
registerDatabaseCommands(program);
registerSetup(program);
registerConfigCommands(program);
registerCloudsYaml(program);
registerReport(program);
registerPolicyCommands(program);
registerPipelineCommands(program);
registerRpcCommands(program);
registerStatusCommands(program);

await program.parseAsync(process.argv);
