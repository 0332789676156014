import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';
import { startDatabase } from '#testing/database';

const start = (name: string): string[] => ['start', '--detach', '--ephemeral', '--port-base', '0', '--name', name];

/** What a test suite does with snapshots, over the control port and by command. */
async function tryOut(albireo: CloudCommand, name: string): Promise<void> {
  const cloud = await new CloudClient(await albireo.variables(name)).logIn();
  const names = async (): Promise<string[]> => {
    const { body } = await cloud.api('network', 'GET', '/v2.0/networks?fields=name');
    return (body as { networks: { name: string }[] }).networks.map((network) => network.name).toSorted();
  };
  const atFirst = await names();
  const flag = ['--name', name];
  await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: 'before' } });
  await albireo.succeed(['snapshot', ...flag, 'create', 'mine']);
  await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: 'later' } });
  const user = { name: 'gone-later', password: 'a-password-of-a-test' };
  assert.equal((await cloud.api('identity', 'POST', '/users', { user })).status, 201);
  assert.match(await albireo.succeed(['snapshot', ...flag, 'list']), /^mine\t.*\n^seed\t/m);

  const times: number[] = [];
  for (let at = 0; at < 5; at += 1) {
    const began = performance.now();
    assert.equal((await cloud.control('POST', '/snapshots/mine/restore')).status, 200);
    times.push(Math.round(performance.now() - began));
  }
  console.log(`${name}: restores took ${times.join(', ')} ms`);
  // The token is from before, and good.
  assert.deepEqual(await names(), [...atFirst, 'before'].toSorted());
  const { body } = await cloud.api('identity', 'GET', '/users?name=gone-later');
  assert.deepEqual((body as { users: unknown[] }).users, []);
  const { body: services } = await cloud.api('compute', 'GET', '/os-services');
  for (const { state } of (services as { services: { state: string }[] }).services) assert.equal(state, 'up');

  // A token that was revoked after the snapshot is good again in the restored state.
  const other = await new CloudClient(await albireo.variables(name)).logIn();
  await albireo.succeed(['snapshot', ...flag, 'create', 'tokens']);
  const revoked = await fetch(`${(await albireo.variables(name))['OS_AUTH_URL'] ?? ''}/auth/tokens`, {
    method: 'DELETE',
    headers: { 'x-auth-token': cloud.token, 'x-subject-token': other.token },
  });
  assert.equal(revoked.status, 204);
  assert.equal((await other.api('network', 'GET', '/v2.0/networks')).status, 401);
  await albireo.succeed(['snapshot', ...flag, 'restore', 'tokens']);
  assert.equal((await other.api('network', 'GET', '/v2.0/networks')).status, 200);

  await albireo.succeed(['reset', ...flag]);
  assert.deepEqual(await names(), atFirst);
  assert.equal((await albireo.run(['snapshot', ...flag, 'create', 'mine'])).code, 1);
  await albireo.succeed(['snapshot', ...flag, 'delete', 'mine']);
  assert.match((await albireo.run(['snapshot', ...flag, 'restore', 'mine'])).err, /no snapshot is named "mine"/);
}

describe('snapshots of a cloud', { timeout: 300_000 }, () => {
  const albireo = new CloudCommand();
  after(() => albireo.close());

  it('put everything back on the embedded database, whatever was done since', async () => {
    await albireo.succeed(start('embedded'));
    await tryOut(albireo, 'embedded');
  });

  it('do the same on PostgreSQL', async () => {
    const database = await startDatabase();
    try {
      const env = { OS_DATABASE__CONNECTION: database.url };
      const synced = await albireo.manage(['db', 'sync'], env);
      assert.equal(synced.code, 0, synced.err);
      await albireo.succeed(start('postgres'), env);
      await tryOut(albireo, 'postgres');
      await albireo.succeed(['stop', '--name', 'postgres']);
    } finally {
      await database.stop();
    }
  });
});
