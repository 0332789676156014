import { runProgram } from '#testing/program';
import { stackEnvironment } from '#testing/stack';

/** Runs `albireo-manage db sync` with these options; `folder` as `ProgramOptions.folder`. */
export async function migrate(
  directory: string,
  env: Readonly<Record<string, string>>,
  folder?: string,
): Promise<void> {
  const ports = { identity: 0, osapi_compute: 0, metadata: 0, image: 0, network: 0 };
  const own = { ...stackEnvironment(directory, ports), ...env };
  const { code, output } = await runProgram('albireo-manage', {
    args: ['db', 'sync'],
    env: own,
    ...(folder === undefined ? {} : { folder }),
  });
  if (code !== 0) throw new Error(`db sync failed:\n${output}`);
}
