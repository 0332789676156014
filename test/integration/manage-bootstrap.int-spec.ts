import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { query } from '#testing/database-server';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { runProgram } from '#testing/program';

describe('albireo-manage bootstrap', () => {
  let database: TestDatabase;
  before(async () => {
    database = await startDatabase();
  });
  after(() => database?.stop());

  const manage = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runProgram('albireo-manage', { args, env: { OS_DATABASE__CONNECTION: database.url, ...env } });
  const asked = { OS_BOOTSTRAP_USERNAME: 'root', OS_BOOTSTRAP_PASSWORD: 'first one' };

  it('says what is missing: a schema, a password', async () => {
    const early = await manage(['bootstrap'], asked);
    assert.equal(early.code, 1);
    assert.match(early.output, /^albireo-manage: error: database: .*albireo-manage db sync/m);
    assert.equal((await manage(['db', 'sync'])).code, 0);
    const { code, output } = await manage(['bootstrap']);
    assert.equal(code, 1);
    assert.match(output, /bootstrap: no password: expected the variable OS_BOOTSTRAP_PASSWORD/);
  });

  it('takes no password from the command line, and does not repeat it', async () => {
    const { code, output } = await manage(['bootstrap', '--bootstrap-password', 'seen-by-all']);
    assert.equal(code, 1);
    assert.match(output, /can be read by every user of the machine: expected - \(a line of standard input\)/);
    assert.doesNotMatch(output, /seen-by-all/);
  });

  it('makes, repeats and changes: the environment stands above the flags, as with keystone-manage', async () => {
    const first = await manage(['bootstrap', '--bootstrap-username', 'other', '--wait'], asked);
    assert.equal(first.output, 'user root: created\n');
    const again = await manage(['bootstrap', '--bootstrap-username', 'root'], {
      OS_IDENTITY__ADMIN_PASSWORD: 'first one',
    });
    assert.equal(again.output, 'user root: role admin on project admin and the system, nothing to change\n');
    const changed = await manage(['bootstrap'], { ...asked, OS_BOOTSTRAP_PASSWORD: 'second one' });
    assert.equal(changed.output, 'user root: password changed, tokens issued until now are revoked\n');
    assert.equal(changed.code, 0);
  });

  it('puts the region and the endpoints of the Identity API into the catalog, and leaves the others where they are', async () => {
    const url = 'http://keystone.example:5000/v3/';
    const flags = ['--bootstrap-region-id', 'north', '--bootstrap-public-url', url, '--bootstrap-admin-url', `${url}a`];
    const env = { ...asked, OS_BOOTSTRAP_PASSWORD: 'second one', OS_BOOTSTRAP_ADMIN_URL: url };
    const first = await manage(['bootstrap', ...flags], env);
    const made = ['public', 'admin'].map((face) => `${face} endpoint ${url}: created\n`);
    assert.equal(first.output, `region north: created\n${made.join('')}`);
    assert.match((await manage(['bootstrap', ...flags], env)).output, /nothing to change/);
    const moved = await manage(['bootstrap', ...flags, '--bootstrap-public-url', `${url}new`], env);
    assert.equal(moved.output, `public endpoint ${url}new: updated\n`);
    // Without a region: the endpoint that is there. Those that nobody has changed follow the configuration's region.
    const own = { ...env, OS_BOOTSTRAP_ADMIN_URL: '', OS_CATALOG__REGION_NAME: 'south' };
    const internal = await manage(['bootstrap', '--bootstrap-internal-url', `${url}inside`], own);
    assert.equal(internal.output, `internal endpoint ${url}inside: updated\n`);
    const regions = await query(database.url, 'select distinct region_id from endpoints order by 1');
    assert.deepEqual(
      regions.map((row) => row['region_id']),
      ['north', 'south'],
    );
  });
});
