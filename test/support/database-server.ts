import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { appendFile, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './free-port.js';
import { findDatabasePrograms, unprivilegedUser } from './internal/find-database.js';
import { endWithProcess } from './until-signal.js';

const run = promisify(execFile);

export interface DatabaseServerOptions {
  /** Settings of the server, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More arguments for initdb. */
  readonly initdb?: readonly string[];
  /** An empty folder for its files. @default one in the system's folder for temporary files */
  readonly directory?: string;
  /** Address that it listens on; connections to another one than the default are trusted from anywhere. @default '127.0.0.1' */
  readonly host?: string;
  /** A command that runs what follows it, as `ip netns exec NAME`. @default none */
  readonly inside?: readonly string[];
  /** A data directory to begin with in place of a new one, as `pg_basebackup` makes it. */
  readonly copyOf?: (data: string, programs: string) => readonly string[];
}

/** A PostgreSQL server of a test's own, which may be restarted, killed and frozen. */
export class DatabaseServer {
  #process: ChildProcess | null = null;
  #lines = '';

  private constructor(
    readonly options: DatabaseServerOptions,
    readonly programs: string,
    readonly directory: string,
    readonly port: number,
    readonly user: { uid: number; gid: number } | null,
  ) {}

  /** A standby of a server that runs, started; what the first confirms from now on is on both. */
  static async standbyOf(first: DatabaseServer): Promise<DatabaseServer> {
    const standby = await DatabaseServer.create({
      copyOf: (data, programs) => [
        join(programs, 'pg_basebackup'),
        `--pgdata=${data}`,
        `--dbname=${first.url}`,
        '--wal-method=stream',
        '--checkpoint=fast',
        '--write-recovery-conf',
      ],
    });
    await standby.start();
    await query(first.url, "alter system set synchronous_standby_names = '*'");
    await query(first.url, 'select pg_reload_conf()');
    return standby;
  }

  /** Makes its files; `start` starts it. Rejects where there is no PostgreSQL. */
  static async create(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
    const programs = await findDatabasePrograms();
    if (programs === null) throw new Error('the test needs a PostgreSQL of its own: install its server');
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'albireo-pg-')));
    const [port = 0] = await freePorts(1);
    const user = await unprivilegedUser();
    if (user !== null) await chown(directory, user.uid, user.gid);
    const server = new DatabaseServer(options, programs, directory, port, user);
    try {
      await server.#initialize();
    } catch (error) {
      // A folder that was given may be a mount, which stays: what went wrong must not be hidden by that.
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
      throw error;
    }
    return server;
  }

  get data(): string {
    return join(this.directory, 'data');
  }

  get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  /** The database `albireo` of the user of that name. */
  get url(): string {
    return `postgresql://albireo@${this.host}:${this.port}/albireo`;
  }

  get running(): boolean {
    const child = this.#process;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  /** The last lines of its log. */
  get log(): string {
    return this.#lines;
  }

  async #initialize(): Promise<void> {
    const own = { cwd: this.directory, ...this.user };
    const { copyOf, initdb = [] } = this.options;
    if (copyOf !== undefined) {
      const [program = '', ...args] = copyOf(this.data, this.programs);
      await run(program, args, own);
      return;
    }
    // --no-sync is for the making only; the server itself runs with fsync on, as in production.
    const args = ['-D', this.data, '-U', 'albireo', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync', ...initdb];
    await run(join(this.programs, 'initdb'), args, own);
    const trust = this.host === '127.0.0.1' ? '' : 'host all all all trust\n';
    await appendFile(join(this.data, 'pg_hba.conf'), trust);
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#process = child;
    child.once('exit', endWithProcess({ kill: () => this.#abandon(child) }));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lines = (this.#lines + chunk.toString()).slice(-4_000);
    });
    const admin = new URL(this.url);
    admin.pathname = '/postgres';
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (!this.running) throw new Error(`postgres ended at its start: ${this.#lines}`);
      try {
        await query(admin.href, 'select 1');
        break;
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`postgres does not answer: ${this.#lines}`, { cause: error });
        await sleep(50);
      }
    }
    await query(admin.href, 'create database albireo').catch((error: unknown) => {
      // Of an earlier start, or a standby, which has what its primary has.
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code !== '42P04' && code !== '25006') throw error;
    });
  }

  #spawn(): ChildProcess {
    const settings = Object.entries(this.options.settings ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', this.data, '-p', String(this.port), '-k', this.directory, '-h', this.host, ...settings];
    const program = join(this.programs, 'postgres');
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    const [outer, ...rest] = this.options.inside ?? [];
    if (outer === undefined) return spawn(program, args, { cwd: this.directory, ...this.user, stdio });
    const as = this.user ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const asUser = ['setpriv', `--reuid=${as.uid}`, `--regid=${as.gid}`, '--clear-groups', program];
    return spawn(outer, [...rest, ...asUser, ...args], { cwd: this.directory, stdio });
  }

  /** SIGINT: PostgreSQL's fast shutdown, which ends the sessions of others. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === null || !this.running) return;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  /** SIGKILL to all its processes at once, as a crash of the machine ends them. */
  async kill9(): Promise<void> {
    const child = this.#process;
    if (child === null || !this.running) return;
    const ended = once(child, 'exit');
    this.#signal('SIGKILL');
    await ended;
  }

  /** Stops all its processes until `thaw`: its sockets stay open and take bytes, and nothing answers. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(name: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined || !this.running) return;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    for (const one of [pid, ...children]) {
      try {
        process.kill(one, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  /** At a signal that ends this process: an immediate shutdown, and its files are removed. */
  #abandon(child: ChildProcess): void {
    this.thaw();
    child.kill('SIGQUIT');
    // A folder that was given may be a mount.
    const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 };
    if (this.options.directory === undefined) rmSync(this.directory, options);
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    this.thaw();
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
