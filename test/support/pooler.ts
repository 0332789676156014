import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { query } from './database-server.js';
import { freePorts } from './free-port.js';
import { unprivilegedUser } from './internal/find-database.js';

const run = promisify(execFile);

export interface PoolerOptions {
  /** Port of the server on the loopback address. */
  readonly target: number;
  readonly poolMode: 'session' | 'transaction';
  /** @default a free one */
  readonly port?: number;
  /** More settings, as in pgbouncer.ini. */
  readonly settings?: Readonly<Record<string, string>>;
}

function findPooler(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((file) => existsSync(file));
}

/** A PgBouncer of a test's own before a PostgreSQL server; of Debian's package, which is installed when root. */
export class Pooler {
  private constructor(
    readonly port: number,
    readonly process: ChildProcess,
    readonly directory: string,
  ) {}

  get url(): string {
    return `postgresql://albireo@127.0.0.1:${this.port}/albireo`;
  }

  static async start({ target, poolMode, settings = {}, ...given }: PoolerOptions): Promise<Pooler> {
    if (findPooler() === undefined && process.getuid?.() === 0) {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
      const install = ['install', '-y', '--no-install-recommends', 'pgbouncer'];
      await run('apt-get', install, { env, timeout: 300_000 }).catch(() => undefined);
    }
    const program = findPooler();
    if (program === undefined) throw new Error('the test needs PgBouncer: apt-get install pgbouncer');
    const directory = await mkdtemp(join(tmpdir(), 'albireo-pooler-'));
    const port = given.port ?? (await freePorts(1))[0] ?? 0;
    const own = {
      listen_addr: '127.0.0.1',
      listen_port: String(port),
      unix_socket_dir: '',
      auth_type: 'trust',
      auth_file: join(directory, 'users'),
      pool_mode: poolMode,
      ...settings,
    };
    const lines = Object.entries(own).map(([name, value]) => `${name} = ${value}\n`);
    const file = join(directory, 'pgbouncer.ini');
    await writeFile(
      file,
      `[databases]\nalbireo = host=127.0.0.1 port=${target} dbname=albireo\n[pgbouncer]\n${lines.join('')}`,
    );
    await writeFile(join(directory, 'users'), '"albireo" ""\n');
    const user = await unprivilegedUser();
    if (user !== null) await chown(directory, user.uid, user.gid);
    const child = spawn(program, ['-q', file], { cwd: directory, ...user, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-2_000)));
    const pooler = new Pooler(port, child, directory);
    const until = Date.now() + 30_000;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`pgbouncer ended at its start: ${log}`);
      try {
        await query(pooler.url, 'select 1');
        return pooler;
      } catch (error) {
        if (Date.now() > until) throw new Error(`pgbouncer does not answer: ${log}`, { cause: error });
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGQUIT');
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
