import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DatabaseServer, query } from './database-server.js';
import { freePorts } from './free-port.js';
import { findDatabasePrograms } from './internal/find-database.js';

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
  const programs = await findDatabasePrograms();
  if (programs !== null) {
    const server = await DatabaseServer.create({ settings: { max_connections: '200' } });
    await server.start();
    return { url: server.url, stop: () => server.remove() };
  }
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

async function createDatabase(server: string): Promise<TestDatabase> {
  const name = `albireo_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await query(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const stop = async (): Promise<void> => {
    await query(server, `drop database if exists ${name} with (force)`);
  };
  return { url: url.href, stop };
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
