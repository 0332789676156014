import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './free-port.js';

const run = promisify(execFile);

/** A PostgreSQL database of a test's own. */
export interface TestDatabase {
  /** `postgresql://…` */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a private database: in the server that ALBIREO_TEST_DATABASE_URL names, else in a server of its own from
 * this machine's PostgreSQL, from Debian's package (as root), or from a container. Rejects with one sentence that
 * says what is missing.
 */
export async function startDatabase(): Promise<TestDatabase> {
  const given = process.env['ALBIREO_TEST_DATABASE_URL'];
  if (given) return createDatabase(given);
  let programs = await findPrograms();
  if (programs === null && process.getuid?.() === 0) {
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], aptOptions).catch(() => undefined);
    programs = await findPrograms();
  }
  if (programs !== null) return startServer(programs);
  const container = await startContainer();
  if (container !== null) return container;
  throw new Error(
    'the tests need PostgreSQL: set ALBIREO_TEST_DATABASE_URL, or install its server (initdb and postgres on the PATH ' +
      'or in /usr/lib/postgresql), or run as root on Debian, or provide Docker',
  );
}

/**
 * One server for many test files: the runner awaits it once and gives `environment` to the files' processes, whose
 * startDatabase() then makes a database of its own in it.
 */
export async function sharedDatabase(): Promise<{ environment: Record<string, string>; stop(): Promise<void> }> {
  const given = process.env['ALBIREO_TEST_DATABASE_URL'];
  if (given) return { environment: {}, stop: async () => undefined };
  const database = await startDatabase();
  return { environment: { ALBIREO_TEST_DATABASE_URL: database.url }, stop: () => database.stop() };
}

const aptOptions = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 300_000 };

async function createDatabase(server: string): Promise<TestDatabase> {
  const name = `albireo_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await query(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => query(server, `drop database if exists ${name} with (force)`) };
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The folder that holds both `initdb` and `postgres`; the newest of Debian's. */
async function findPrograms(): Promise<string | null> {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? await readdir(debian) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

async function startServer(programs: string): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-pg-'));
  const user = await unprivilegedUser();
  if (user !== null) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const options = { cwd: directory, ...user };
  try {
    // --no-sync is for the making only; the server itself runs with fsync on, as in production.
    const args = ['-D', data, '-U', 'albireo', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await run(join(programs, 'initdb'), args, options);
    const [port = 0] = await freePorts(1);
    const server = spawn(
      join(programs, 'postgres'),
      ['-D', data, '-p', String(port), '-k', directory, '-h', '127.0.0.1', '-c', 'max_connections=200'],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const admin = `postgresql://albireo@127.0.0.1:${port}/postgres`;
    await untilReady(admin, server);
    await query(admin, 'create database albireo');
    return {
      url: `postgresql://albireo@127.0.0.1:${port}/albireo`,
      stop: async () => {
        await stopServer(server);
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such user here: the next one.
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  let lines = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    lines = (lines + chunk.toString()).slice(-2_000);
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null)
      throw new Error(`postgres ended at its start: ${lines}`);
    try {
      await query(url, 'select 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`postgres does not answer: ${lines}`, { cause: error });
      await sleep(100);
    }
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => {
    server.once('exit', resolve);
  });
  // SIGINT is PostgreSQL's fast shutdown: it closes the connections of tests that failed.
  server.kill('SIGINT');
  const timer = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function startContainer(): Promise<TestDatabase | null> {
  const [port = 0] = await freePorts(1);
  const args = ['run', '--detach', '--rm', '--publish', `127.0.0.1:${port}:5432`, '--env', 'POSTGRES_PASSWORD=albireo'];
  let id: string;
  try {
    id = (await run('docker', [...args, 'postgres:17'], { timeout: 300_000 })).stdout.trim();
  } catch {
    return null;
  }
  const url = `postgresql://postgres:albireo@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    await run('docker', ['rm', '--force', id]);
  };
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    try {
      await query(url, 'select 1');
      return { url, stop };
    } catch {
      await sleep(200);
    }
  }
  await stop();
  throw new Error('the postgres:17 container does not answer');
}
