import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';
import { startDatabase } from '#testing/database';
import { query } from '#testing/database-server';

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

  await keepsImages(cloud, albireo, flag);
  await albireo.succeed(['reset', ...flag]);
  assert.deepEqual(await names(), atFirst);
  assert.equal((await albireo.run(['snapshot', ...flag, 'create', 'mine'])).code, 1);
  await albireo.succeed(['snapshot', ...flag, 'delete', 'mine']);
  assert.match((await albireo.run(['snapshot', ...flag, 'restore', 'mine'])).err, /no snapshot is named "mine"/);
  // Another state to go back to.
  await albireo.succeed(['snapshot', ...flag, 'delete', 'seed']);
  const { code, err } = await albireo.run(['reset', ...flag]);
  assert.deepEqual([code, /"seed" of the start was deleted: create another one/.test(err)], [1, true], err);
  await albireo.succeed(['snapshot', ...flag, 'create', 'seed']);
  await albireo.succeed(['reset', ...flag]);
}

/** The data of an image that a snapshot has stays when the image is deleted, and goes with the last that has it. */
async function keepsImages(cloud: CloudClient, albireo: CloudCommand, flag: readonly string[]): Promise<void> {
  const image = { name: 'with data', disk_format: 'raw', container_format: 'bare' };
  const { body } = await cloud.api('image', 'POST', '/v2/images', image);
  const { id } = body as { id: string };
  const file = `/v2/images/${id}/file`;
  assert.equal((await cloud.upload('image', file, 'what the image holds')).status, 204);
  await albireo.succeed(['snapshot', ...flag, 'create', 'images']);
  assert.equal((await cloud.api('image', 'DELETE', `/v2/images/${id}`)).status, 204);
  assert.equal((await cloud.api('image', 'GET', file)).status, 404);
  await albireo.succeed(['snapshot', ...flag, 'restore', 'images']);
  const { status, body: data } = await cloud.api('image', 'GET', file);
  assert.equal(status, 200);
  assert.equal(data, 'what the image holds');
  await albireo.succeed(['snapshot', ...flag, 'delete', 'images']);
}

interface Agents {
  readonly agents: readonly { readonly alive: boolean }[];
}

/** What a test suite does with the clock, over the control port and by command. */
async function letTimePass(albireo: CloudCommand, name: string): Promise<void> {
  const cloud = await new CloudClient(await albireo.variables(name)).logIn();
  const flag = ['--name', name];
  const offset = async (): Promise<string> => (await albireo.succeed(['clock', ...flag, 'show'])).split('\t')[1] ?? '';
  const createdAt = async (network: string): Promise<number> => {
    const { body } = await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: network } });
    return Date.parse((body as { network: { created_at: string } }).network.created_at);
  };
  const flavorRef = await flavorOf(cloud);
  const made = await cloud.api('compute', 'POST', '/servers', {
    server: { name: 'doomed', flavorRef, imageRef: await imageOf(cloud) },
  });
  assert.equal(made.status, 202, JSON.stringify(made.body));
  const { id } = (made.body as { server: { id: string } }).server;
  const status = async (): Promise<string> => {
    const { status: code, body } = await cloud.api('compute', 'GET', `/servers/${id}`);
    return code === 404 ? 'gone' : (body as { server: { status: string } }).server.status;
  };
  await until(status, 'ACTIVE');
  assert.equal((await cloud.api('compute', 'DELETE', `/servers/${id}`)).status, 204);
  await until(status, 'SOFT_DELETED');
  await createdAt('of now');

  await albireo.succeed(['clock', ...flag, 'advance', '2h']);
  assert.equal(await offset(), '+7200 s\n');
  // The token was good for an hour.
  assert.equal((await cloud.api('network', 'GET', '/v2.0/networks')).status, 401);
  await cloud.logIn();
  assert.ok(Math.abs((await createdAt('later')) - Date.now() - 7_200_000) < 60_000);
  const { body: services } = await cloud.api('compute', 'GET', '/os-services');
  for (const { state } of (services as { services: { state: string }[] }).services) assert.equal(state, 'up');
  const { body: agents } = await cloud.api('network', 'GET', '/v2.0/agents');
  for (const { alive } of (agents as Agents).agents) assert.equal(alive, true);
  // reclaim_instance_interval is an hour.
  await until(status, 'gone');

  await albireo.succeed(['snapshot', ...flag, 'create', 'later']);
  // The later time made the administrator's older tokens void: by the machine's time that is not to come.
  const user = { password: 'a-new-password-of-a-test' };
  const { body: created } = await cloud.api('identity', 'POST', '/users', { user: { name: 'clocked', ...user } });
  const userId = (created as { user: { id: string } }).user.id;
  await cloud.api('identity', 'PATCH', `/users/${userId}`, { user: { password: 'another-password-of-a-test' } });
  await albireo.succeed(['clock', ...flag, 'reset']);
  assert.equal(await offset(), '+0 s\n');
  assert.ok(Math.abs((await createdAt('now again')) - Date.now()) < 60_000);
  const variables = await albireo.variables(name);
  const own = { ...variables, OS_USERNAME: 'clocked', OS_PASSWORD: 'another-password-of-a-test' };
  const project = (await cloud.api('identity', 'GET', `/projects?name=${variables['OS_PROJECT_NAME'] ?? ''}`)).body;
  const projectId = (project as { projects: { id: string }[] }).projects[0]?.id ?? '';
  const { body: roles } = await cloud.api('identity', 'GET', '/roles?name=member');
  const roleId = (roles as { roles: { id: string }[] }).roles[0]?.id ?? '';
  await cloud.api('identity', 'PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`);
  const another = await new CloudClient(own).logIn();
  assert.equal((await another.api('network', 'GET', '/v2.0/networks')).status, 200);

  await albireo.succeed(['snapshot', ...flag, 'restore', 'later']);
  assert.match(await offset(), /^\+7200 s/);
  const wrong = await albireo.run(['clock', ...flag, 'advance', 'soon']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /expected \{"by": .*found "soon"/);
  await albireo.succeed(['reset', ...flag]);
  assert.equal(await offset(), '+0 s\n');
}

async function flavorOf(cloud: CloudClient): Promise<string> {
  const { body } = await cloud.api('compute', 'GET', '/flavors?minDisk=5');
  return (body as { flavors: { id: string }[] }).flavors[0]?.id ?? '';
}

async function imageOf(cloud: CloudClient): Promise<string> {
  const { body } = await cloud.api('image', 'GET', '/v2/images');
  return (body as { images: { id: string }[] }).images[0]?.id ?? '';
}

async function until(read: () => Promise<string>, wanted: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const seen = await read();
    if (seen === wanted) return;
    assert.ok(performance.now() < deadline, `expected ${wanted}, last seen ${seen}`);
    await sleep(50);
  }
}

const RECLAIMS = { OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL: '3600' };

describe('snapshots and the clock of a cloud', { timeout: 300_000 }, () => {
  const albireo = new CloudCommand();
  after(() => albireo.close());

  it('put everything back on the embedded database, whatever was done since', async () => {
    await albireo.succeed(start('embedded'), RECLAIMS);
    await tryOut(albireo, 'embedded');
    await letTimePass(albireo, 'embedded');
  });

  it('do the same on PostgreSQL, where the role is no superuser', async () => {
    const database = await startDatabase();
    const role = `ordinary_${process.pid}`;
    try {
      await query(database.url, `create role ${role} login`);
      const url = new URL(database.url);
      await query(database.url, `alter database ${url.pathname.slice(1)} owner to ${role}`);
      url.username = role;
      const env = { OS_DATABASE__CONNECTION: url.href };
      const synced = await albireo.manage(['db', 'sync'], env);
      assert.equal(synced.code, 0, synced.err);
      await albireo.succeed(start('postgres'), { ...env, ...RECLAIMS });
      await tryOut(albireo, 'postgres');
      await letTimePass(albireo, 'postgres');
      await albireo.succeed(['stop', '--name', 'postgres']);
    } finally {
      await query(database.url, `reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`);
      await database.stop();
    }
  });
});
