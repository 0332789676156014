import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

/** A CPU profile of the measured time alone, into the folder that BENCH_PROFILES names; nothing without it. */
export async function startProfile(name: string): Promise<() => Promise<void>> {
  const folder = process.env['BENCH_PROFILES'];
  if (folder === undefined) return async () => undefined;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(join(folder, `${name}.${process.pid}.cpuprofile`), JSON.stringify(profile));
  };
}
