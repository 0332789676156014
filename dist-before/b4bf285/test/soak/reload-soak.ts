import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { LaunchedProgram } from '../../libs/launcher/test/fixtures/launched-program.js';

const workers = 2;
const warmUpReloads = 2;
/** V8 lets garbage pile up while there is room: with little room what is left is what the program holds. */
const smallHeap = ['--max-old-space-size=32', '--max-semi-space-size=1'];

/** What the parent process holds while nothing asks it for anything. */
export interface Footprint {
  readonly descriptors: number;
  readonly sockets: number;
  readonly rssMiB: number;
  readonly children: number;
}

export interface SoakResult {
  readonly reloads: number;
  readonly answered: number;
  readonly failures: readonly { pid: number; error: string }[];
  /** After the first two reloads, and at the end. */
  readonly before: Footprint;
  readonly after: Footprint;
  readonly exitCode: number | null;
}

function footprint(pid: number): Footprint {
  const descriptors = readdirSync(`/proc/${pid}/fd`);
  const targets = descriptors.map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return '';
    }
  });
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return {
    descriptors: descriptors.length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    rssMiB: Math.round(Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024),
    children: children === '' ? 0 : children.split(' ').length,
  };
}

/** Reloads a program (SIGHUP, `restart_method = reload`) again and again under keep-alive load. */
export async function soakReloads(
  reloads: number,
  connections: number,
  progress: (line: string) => void = () => undefined,
): Promise<SoakResult> {
  const listen = { host: '127.0.0.1', port: 0 };
  const program = new LaunchedProgram({
    services: [{ name: 'echo', module: 'echo-service', workers, listen }],
    env: { OS_DEFAULT__RESTART_METHOD: 'reload' },
    nodeArgs: smallHeap,
  });
  let exited = 0;
  let answered = 0;
  const failures: { pid: number; error: string }[] = [];
  const run = async (count: number): Promise<Footprint> => {
    const load = new KeepAliveLoad(await program.port('echo'), connections);
    for (let reload = 1; reload <= count; reload += 1) {
      await load.more(connections);
      const from = program.mark();
      program.signal('SIGHUP');
      await program.line(/Reloaded all workers/, { from });
      exited += workers;
      if (reload % 10 === 0) progress(`${reload} reloads, ${load.answered} answers, ${load.failures.length} failures`);
    }
    await load.more(connections);
    await load.stop();
    await program.line(/Child \d+ exited with status 0/, { count: exited });
    answered += load.answered;
    failures.push(...load.failures);
    return footprint(program.pid);
  };
  try {
    await program.ready();
    const before = await run(warmUpReloads);
    const after = await run(reloads);
    program.signal('SIGTERM');
    const { code } = await program.ended;
    return { reloads, answered, failures, before, after, exitCode: code };
  } finally {
    await program.dispose();
  }
}
