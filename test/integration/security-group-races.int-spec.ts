import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import type { NetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { SecurityGroupManager } from '../../apps/worker/src/network/security-groups/security-group-manager.js';
import { SecurityGroupRuleManager } from '../../apps/worker/src/network/security-groups/security-group-rule-manager.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const WORKERS = 4;
const ROUNDS = 6;
const settings = {
  ...defaultNetworkSettings,
  quotas: { ...defaultNetworkSettings.quotas, quotaSecurityGroupRule: 11 },
};

/** Several workers, each with one connection, change what belongs together at once. */
describe('security groups under parallel requests on PostgreSQL', () => {
  let database: TestDatabase;
  let stores: Store[];
  let topics: NetworkManagers[];
  before(async () => {
    database = await startDatabase();
    const pool = { maxConnections: 1 };
    const open = (): Promise<Store> => openStore({ kind: 'postgres', url: database.url, pool });
    stores = await Promise.all(Array.from({ length: WORKERS }, open));
    await Promise.all(stores.map((store) => syncDatabase(store)));
    topics = stores.map((store) => createNetworkManagers(store, new Authorizer(), settings));
  });
  after(async () => {
    await Promise.all((stores ?? []).map((store) => store.close()));
    await database?.stop();
  });

  const project = (id: string): RequestContext =>
    createContext({ user_id: 'u', project_id: id, roles: ['member', 'reader'] });
  const groups = (worker: number) => topics[worker % WORKERS]!.resources.get(SecurityGroupManager);
  const rules = (worker: number) => topics[worker % WORKERS]!.resources.get(SecurityGroupRuleManager);
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  const everyWorker = (work: (worker: number) => Promise<unknown>): Promise<string[]> =>
    Promise.all(Array.from({ length: WORKERS }, (_, worker) => outcome(work(worker))));

  it('a project that is seen for the first time by several has one group of its own', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const ctx = project(`first-${round}`);
      const seen = await Promise.all(topics.map((_, worker) => groups(worker).list(ctx, {})));
      const ids = new Set(seen.flatMap(({ objects }) => objects.map(({ id }) => id)));
      assert.equal(ids.size, 1);
      assert.equal(seen[0]?.objects[0]?.security_group_rules.length, 4);
    }
  });

  it('of equal rules that come at once one is made', async () => {
    const ctx = project('rules');
    const [group] = await groups(0).create(ctx, [{ name: 'web' }]);
    const rule = { security_group_id: group!.id, direction: 'ingress', protocol: 'tcp' };
    for (const port of [80, 443]) {
      const made = { ...rule, port_range_min: port, port_range_max: port };
      const found = await everyWorker((worker) => rules(worker).create(ctx, [made]));
      assert.deepEqual(found.toSorted(), [...Array<string>(WORKERS - 1).fill('SecurityGroupRuleExists'), 'done']);
    }
  });

  it('a group is deleted or taken by a port, never both', async () => {
    const ctx = project('ports');
    const [network] = await topics[0]!.networks.create(ctx, [{}]);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [group] = await groups(round).create(ctx, [{ name: `group-${round}` }]);
      const id = group!.id;
      const port = { network_id: network!.id, security_groups: [id] };
      const found = await Promise.all([
        outcome(groups(round).delete(ctx, { id })),
        outcome(topics[(round + 1) % WORKERS]!.ports.create(ctx, [port])),
      ]);
      assert.ok(
        ['done SecurityGroupNotFound', 'SecurityGroupInUse done'].includes(found.join(' ')),
        `round ${round}: ${found.join(' ')}`,
      );
      const { objects } = await topics[0]!.ports.list(ctx, {});
      for (const { id: made } of objects) await topics[0]!.ports.delete(ctx, { id: made });
      await outcome(groups(0).delete(ctx, { id }));
    }
  });

  it('the rules that new groups begin with count for the quota of rules, exactly', async () => {
    const ctx = project('quota');
    // The project's own group begins with 4, each other one with 2: three of them make 10 of 11.
    const found = await everyWorker((worker) => groups(worker).create(ctx, [{ name: `group-${worker}` }]));
    assert.deepEqual(found.toSorted(), ['OverQuota', 'done', 'done', 'done']);
  });
});
