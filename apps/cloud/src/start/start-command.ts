import { rmSync } from 'node:fs';
import { ControlOptions, runMain } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ProcessLauncher } from '#libs/launcher';
import { banner, boundAddresses, boundConsoles, pageUrl } from '../../../server/src/banner.js';
import { identityUrl, reachableHost } from '../../../server/src/clouds-yaml.js';
import { CONTROL } from '../../../server/src/control/describe-control.js';
import { runServer } from '../../../server/src/run-server.js';
import { CloudError } from '../cloud.errors.js';
import { clientEnvironment } from '../instance/client-environment.js';
import { InstanceFolder, beginningOf, writeWhole } from '../instance/instance-record.js';
import type { InstanceRecord } from '../instance/instance-record.js';
import type { Surroundings } from '../surroundings.js';
import { compileCacheVariable } from './compile-cache.js';
import { serverInput } from './start-options.js';
import type { StartFlags } from './start-options.js';

/** Runs a cloud in this process until it is stopped. Sets the exit code of the process. */
export async function startInForeground(flags: StartFlags, surroundings: Surroundings): Promise<void> {
  const folder = new InstanceFolder(surroundings.environment);
  refuseSecond(folder, flags.name);
  const { argv, env } = await serverInput(flags, surroundings.environment);
  // This process is already compiled.
  surroundings.passOn(compileCacheVariable(surroundings.environment));
  let recorded = false;
  const main = (config: Configuration): Promise<number> =>
    runServer(config, (launcher) => {
      if (flags.endWithInput === true) endWithInput(launcher);
      const record = recordOf(flags.name, config, launcher);
      // Before the record: a process that waits for the record then finds the file.
      if (flags.readyFile !== undefined && !hasWritten(flags.readyFile, record)) return launcher.terminate(1);
      if (record !== undefined) {
        recorded = folder.add(record);
        if (!recorded) {
          if (flags.readyFile !== undefined) rmSync(flags.readyFile, { force: true });
          surroundings.err(`albireo: error: ${alreadyRuns(flags.name)}\n`);
          return launcher.terminate(1);
        }
      }
      surroundings.out(
        banner(config, boundAddresses(config, launcher), launcher.healthPort, boundConsoles(config, launcher)),
      );
      if (record !== undefined) surroundings.out(controlLines(record));
    });
  await runMain('albireo', main, {
    argv,
    env,
    out: surroundings.out,
    err: surroundings.err,
    exit: (code) => {
      if (recorded) folder.remove(flags.name);
      process.exit(code);
    },
  });
}

function refuseSecond(folder: InstanceFolder, name: string): void {
  const other = folder.find(name);
  if (other !== undefined) throw new CloudError(alreadyRuns(name, other.pid));
}

function alreadyRuns(name: string, pid?: number): string {
  const which = pid === undefined ? '' : ` (process ${pid})`;
  return `a cloud named ${name} runs already${which}; end it: albireo stop --name ${name}, or start another one with --name`;
}

/** Without a control port nothing could use the record. */
function recordOf(name: string, config: Configuration, launcher: ProcessLauncher): InstanceRecord | undefined {
  const { token } = config.get(ControlOptions);
  const control = launcher.address(CONTROL);
  if (control === undefined || token === undefined) return undefined;
  const page = pageUrl(config, launcher.healthPort);
  return {
    name,
    pid: process.pid,
    began: beginningOf(process.pid),
    controlUrl: `http://${reachableHost(control.host)}:${control.port}`,
    token,
    environment: {
      ...clientEnvironment(config, identityUrl(config, launcher.address('identity'))),
      ...(page !== undefined && { ALBIREO_UI_URL: page }),
    },
  };
}

function controlLines({ name, controlUrl }: InstanceRecord): string {
  const flag = name === 'default' ? '' : ` --name ${name}`;
  return `Control port ${controlUrl}: eval "$(albireo env${flag})", albireo snapshot${flag} create NAME, albireo stop${flag}\n`;
}

/** Writes the record for programs, readable only by its owner, atomically. False when it cannot be written. */
function hasWritten(file: string, record: InstanceRecord | undefined): boolean {
  try {
    writeWhole(file, `${JSON.stringify(record ?? { pid: process.pid }, null, 2)}\n`);
    return true;
  } catch (error) {
    process.stderr.write(
      `albireo: error: --ready-file ${file}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return false;
  }
}

/** Ends when the process at the other end of the standard input ends, for any reason. */
function endWithInput(launcher: ProcessLauncher): void {
  process.stdin.on('error', () => launcher.terminate());
  process.stdin.once('end', () => launcher.terminate());
  process.stdin.resume();
}
