#!/usr/bin/env node
import { Command } from 'commander';
import { productVersion } from '#libs/options';
import { registerBootstrap } from './bootstrap.command.js';
import { registerCloudsYaml } from './clouds-yaml.command.js';
import { registerFakeCommands, registerSchedulerCommands } from './compute/compute.commands.js';
import { registerConfigCommands } from './config/config.commands.js';
import { registerDatabaseCommands } from './db/db.commands.js';
import { registerFernetCommands } from './fernet/fernet.commands.js';
import { registerGuestCommands } from './guests/guest.commands.js';
import { registerImageCommands } from './guests/image.commands.js';
import { withGlobalOptions } from './global-options.js';
import { registerPipelineCommands } from './pipeline/pipeline.commands.js';
import { registerPolicyCommands } from './policy/policy.commands.js';
import { registerReport } from './report.command.js';
import { registerRpcCommands } from './rpc/rpc.commands.js';
import { registerStatusCommands } from './status/status.commands.js';
import { registerSetup } from './setup.command.js';
import { registerSnapshotCommands } from './snapshot.commands.js';

const program = withGlobalOptions(new Command('albireo-manage').description("The operator's commands of Albireo."));
// Commander parses an option of the program at any position, and `rpc call` has a `--version` of its own.
if (!process.argv.includes('rpc')) {
  program.version(`albireo-manage ${productVersion()}`, '--version', 'print the version');
}
registerDatabaseCommands(program);
registerBootstrap(program);
registerSetup(program);
registerFernetCommands(program);
registerImageCommands(program);
registerGuestCommands(program);
registerConfigCommands(program);
registerCloudsYaml(program);
registerReport(program);
registerPolicyCommands(program);
registerPipelineCommands(program);
registerRpcCommands(program);
registerStatusCommands(program);
registerFakeCommands(program);
registerSchedulerCommands(program);
registerSnapshotCommands(program);

await program.parseAsync(process.argv);
