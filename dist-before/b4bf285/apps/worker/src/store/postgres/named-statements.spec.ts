import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PostgresQueryResult } from 'kysely';
import { namedStatements } from './named-statements.js';
import type { NamedStatement, StatementClient } from './named-statements.js';

/** A connection that notes the names it is given; `fail` makes a statement fail. */
function fakePool(fail: (statement: NamedStatement) => string | undefined = () => undefined): {
  pool: ReturnType<typeof namedStatements>;
  names: (string | undefined)[];
} {
  const names: (string | undefined)[] = [];
  const client: StatementClient = {
    async query<R extends object>(statement: NamedStatement): Promise<PostgresQueryResult<R>> {
      names.push(statement.name);
      const code = fail(statement);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return { command: 'SELECT', rowCount: 0, rows: [] };
    },
    release: () => undefined,
  };
  return { pool: namedStatements({ connect: async () => client, end: async () => undefined }), names };
}

describe('namedStatements', () => {
  it('names a statement from its second time on, the same for every connection', async () => {
    const { pool, names } = fakePool();
    const client = await pool.connect();
    for (let time = 0; time < 3; time += 1) await client.query('select $1', [time]);
    await (await pool.connect()).query('select $1', [3]);
    assert.deepEqual(names, [undefined, 's1', 's1', 's1']);
  });

  it('leaves statements without parameters alone', async () => {
    const { pool, names } = fakePool();
    const client = await pool.connect();
    for (let time = 0; time < 3; time += 1) await client.query('commit', []);
    assert.deepEqual(names, [undefined, undefined, undefined]);
  });

  it('gives no more names than a connection can bear', async () => {
    const { pool, names } = fakePool();
    const client = await pool.connect();
    for (let text = 0; text < 400; text += 1) {
      for (let time = 0; time < 2; time += 1) await client.query(`select $1, ${text}`, [0]);
    }
    assert.equal(new Set(names.filter((name) => name !== undefined)).size, 250);
  });

  it('runs a statement again under another name when a migration has outdated its plan', async () => {
    const { pool, names } = fakePool(({ name }) => (name === 's1' ? '0A000' : undefined));
    const client = await pool.connect();
    for (let time = 0; time < 3; time += 1) await client.query('select * from t where id = $1', [time]);
    assert.deepEqual(names, [undefined, 's1', undefined, 's2']);
  });

  it('lets the error of a transaction through, which is the reason to run it again', async () => {
    const { pool } = fakePool(({ name }) => (name === undefined ? '25P02' : '0A000'));
    const client = await pool.connect();
    await assert.rejects(client.query('select $1', [0]), { code: '25P02' });
    await assert.rejects(client.query('select $1', [1]), { code: '0A000' });
  });
});
