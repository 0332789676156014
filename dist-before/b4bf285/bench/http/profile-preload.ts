// Loaded into every process of ours with --profile: samples the CPU while the file `on` is in the folder, and writes
// one .cpuprofile for each time.
import { existsSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const LOOK_MS = 100;
const SAMPLE_US = 1000;
const folder = process.env['ALBIREO_BENCH_PROFILE'];

if (folder !== undefined) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  let startedAt = 0;
  const look = (): void => {
    const wanted = existsSync(join(folder, 'on'));
    if (wanted === startedAt > 0) return;
    if (wanted) {
      startedAt = Date.now();
      session.post('Profiler.start');
      return;
    }
    const file = join(folder, `${startedAt}-${process.title.replaceAll(/\W+/g, '-')}-${process.pid}.cpuprofile`);
    startedAt = 0;
    session.post('Profiler.stop', (error, stopped) => {
      if (error === null) writeFileSync(file, JSON.stringify(stopped.profile));
    });
  };
  setInterval(look, LOOK_MS).unref();
}
