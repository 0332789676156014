import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { Client } from 'pg';
import { createContext, runWithContext } from '#libs/telemetry';
import { DatabaseOutcomeUnknown, DatabaseUnavailable } from '../database.errors.js';
import { Connection } from './connection.js';
import { Session } from './session.js';
import type { SessionPool } from './session.js';
import { StatementNames } from './statement-names.js';

const withState = (code: string): Error => Object.assign(new Error(code), { code });
const BROKEN = 'the connection breaks';

/**
 * A server that records the statements it gets. Its reply to a statement is an SQLSTATE, BROKEN, or undefined for
 * success.
 */
class Server {
  readonly asked: string[] = [];
  released = 0;
  connections = 0;
  isPooled = false;

  constructor(readonly say: (text: string, connection: number) => string | undefined) {}

  connect(): Connection {
    this.connections += 1;
    const number = this.connections;
    const client = Object.assign(new EventEmitter(), {
      connection: { stream: { destroy: () => undefined, cork: () => undefined, uncork: () => undefined } },
      query: async (asked: string | { text: string }) => {
        const text = typeof asked === 'string' ? asked : asked.text;
        this.asked.push(`${number}: ${text}`);
        const said = this.say(text, number);
        if (said === undefined) return { command: 'SELECT', rowCount: 1, rows: [{ number }] };
        if (said !== BROKEN) throw withState(said);
        const error = new Error('Connection terminated unexpectedly');
        client.emit('error', error);
        throw error;
      },
    });
    const owner = { lost: () => undefined, heard: () => undefined };
    return new Connection(client as unknown as Client, { backendPid: number }, owner);
  }

  session(): Session {
    const pool: SessionPool = {
      connector: { isPooled: this.isPooled },
      acquire: async () => this.connect(),
      exchange: async () => this.connect(),
      release: () => {
        this.released += 1;
      },
    };
    return new Session(pool, this.connect(), new StatementNames(false), { statementTimeoutMs: 30_000 });
  }
}

const breaksAt = (statement: string, said = BROKEN): Server =>
  new Server((text, connection) => (connection === 1 && text.startsWith(statement) ? said : undefined));

describe('a session whose connection is lost', () => {
  it('runs a read once more on another one', async () => {
    for (const said of [BROKEN, '57P01', '57P02', '08006', '25006']) {
      const server = breaksAt('select', said);
      const session = server.session();
      const { rows } = await session.query('select 1', []);
      assert.deepEqual(rows, [{ number: 2 }], said);
      session.release();
      assert.equal(server.released, 1);
    }
  });

  it('gives a read up as not run when the second one is lost too', async () => {
    const server = new Server(() => BROKEN);
    await assert.rejects(server.session().query('select 1', []), DatabaseUnavailable);
    assert.equal(server.asked.length, 2);
  });

  it('does not call a request "not run" of which a part was committed', async () => {
    const failed = (server: Server): Promise<string> =>
      runWithContext(createContext(), async () => {
        const session = server.session();
        await session.query('start transaction', []);
        await session.query(server.asked.length > 1 ? 'select 1' : 'insert', []);
        await session.query('commit', []);
        return session.query('select 1', []).then(
          () => '',
          (error: unknown) => (error instanceof DatabaseUnavailable ? error.toRemoteFailure().class : String(error)),
        );
      });
    let isUp = true;
    const server = new Server((text) => {
      if (text === 'commit') isUp = false;
      return text === 'select 1' && !isUp ? BROKEN : undefined;
    });
    assert.equal(await failed(server), 'DatabaseOutcomeUnknown');
    isUp = true;
    // A transaction that has only read may be sent again.
    assert.equal(await failed(server), 'DatabaseUnavailable');
  });

  it('begins a transaction on another one', async () => {
    const server = breaksAt('start');
    const session = server.session();
    await session.query('start transaction', []);
    await session.query('insert', []);
    await session.query('commit', []);
    const first = ['1: start transaction', '1: insert'];
    assert.deepEqual(server.asked, [...first, '2: start transaction', '2: insert', '2: commit']);
  });

  it('tells that a transaction was undone, so that it may run again', async () => {
    const server = breaksAt('update');
    const session = server.session();
    await session.query('begin', []);
    await session.query('select 1', []);
    await assert.rejects(session.query('update t', []), { name: 'DatabaseUnavailable', isLost: true });
    // As Kysely does after any error; an error of the rollback must not hide the reason.
    await session.query('rollback', []);
    assert.deepEqual(server.asked, ['1: begin', '1: select 1', '1: update t']);
  });

  it('tells the same of a beginning that two connections were lost with', async () => {
    const session = new Server(() => BROKEN).session();
    await session.query('begin', []);
    await assert.rejects(session.query('insert', []), { name: 'DatabaseUnavailable', isLost: true });
    await session.query('rollback', []);
  });

  it('says nothing to the server of a transaction without a statement', async () => {
    for (const end of ['commit', 'rollback']) {
      const server = new Server(() => undefined);
      const session = server.session();
      await session.query('begin', []);
      await session.query(end, []);
      await session.query('select 1', []);
      assert.deepEqual(server.asked, ['1: select 1']);
    }
  });

  it('knows of a commit that was sent that it may have happened', async () => {
    for (const said of [BROKEN, '57P01']) {
      const session = breaksAt('commit', said).session();
      await session.query('begin', []);
      await session.query('insert', []);
      await assert.rejects(session.query('commit', []), DatabaseOutcomeUnknown);
      await session.query('rollback', []);
    }
  });

  it('needs no commit where nothing was changed', async () => {
    const session = breaksAt('commit').session();
    await session.query('begin', []);
    await session.query('select 1', []);
    await session.query('commit', []);
  });

  it('knows of a commit that was not sent that it did not happen', async () => {
    const server = breaksAt('select pg_sleep');
    const session = server.session();
    await session.query('begin', []);
    await session.query('insert', []);
    await session.query('select pg_sleep(1)', []).then(undefined, () => undefined);
    await assert.rejects(session.query('commit', []), { name: 'DatabaseUnavailable', isLost: true });
    assert.equal(server.asked.includes('1: commit'), false);
  });

  it('runs a change outside of a transaction again only when it certainly was not run', async () => {
    await assert.rejects(breaksAt('insert').session().query('insert', []), DatabaseOutcomeUnknown);
    await assert.rejects(breaksAt('insert', '57P01').session().query('insert', []), DatabaseOutcomeUnknown);
    const readOnly = breaksAt('insert', '25006');
    await readOnly.session().query('insert', []);
    assert.deepEqual(readOnly.asked, ['1: insert', '2: insert']);
  });
});

describe('a session whose server refuses', () => {
  it('tells that nothing was run, and keeps the connection', async () => {
    for (const state of ['53100', '53200', '57014']) {
      const server = new Server((text) => (text === 'insert' ? state : undefined));
      const session = server.session();
      await assert.rejects(session.query('insert', []), { name: 'DatabaseUnavailable', why: 'refused', isLost: false });
      await session.query('select 1', []);
      assert.equal(server.connections, 1);
    }
  });

  it('lets the store run a transaction again, and a statement tell what it did wrong', async () => {
    for (const state of ['40001', '40P01', '23505', '0A000', '26000']) {
      const session = new Server((text) => (text === 'insert' ? state : undefined)).session();
      await session.query('begin', []);
      await assert.rejects(session.query('insert', []), { code: state });
    }
  });
});

it('a session behind a pooler has its timeout in each transaction', async () => {
  const server = new Server(() => undefined);
  server.isPooled = true;
  const session = server.session();
  await session.query('begin', []);
  await session.query('select 1', []);
  assert.deepEqual(server.asked, ['1: begin; set local statement_timeout = 30000', '1: select 1']);
});
