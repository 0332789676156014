import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { freePorts } from '#testing/free-port';
import { Program, runProgram } from '#testing/program';

describe('albireo-manage db sync', () => {
  let database: TestDatabase;
  let elsewhere: URL;
  before(async () => {
    database = await startDatabase();
    const [port = 0] = await freePorts(1);
    elsewhere = new URL(database.url);
    elsewhere.port = String(port);
  });
  after(() => database?.stop());
  const environment = (): Record<string, string> => ({
    OS_DATABASE__CONNECTION: elsewhere.href,
    OS_DATABASE__RETRY_INTERVAL: '1',
  });

  it('tells at once of a server that does not answer', async () => {
    const { code, output } = await runProgram('albireo-manage', { args: ['db', 'sync'], env: environment() });
    assert.equal(code, 1);
    assert.match(output, /^albireo-manage: error: database: the database cannot be reached: [^\n]*\n$/);
  });

  it('with --wait goes on when the server answers', async () => {
    const sync = new Program('albireo-manage', { args: ['db', 'sync', '--wait'], env: environment() });
    await sync.waitForOutput(/The database does not answer .* trying again in 1 s/);
    // The server appears under its address.
    const proxy = createServer((inward) => {
      const outward = connect(Number(new URL(database.url).port), '127.0.0.1');
      inward.pipe(outward).pipe(inward);
      for (const [one, other] of [
        [inward, outward],
        [outward, inward],
      ] as const) {
        one.on('error', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(Number(elsewhere.port), '127.0.0.1', resolve));
    try {
      assert.equal((await sync.ended).code, 0, sync.output);
      assert.match(sync.output, /^applied 0001/m);
    } finally {
      proxy.close();
    }
  });
});
