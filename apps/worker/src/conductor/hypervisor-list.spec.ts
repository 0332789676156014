import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HypervisorPage, Limits, NetworkQuota, ServerPage, Service, declarationOf } from '#libs/contracts';
import type { ListArgs, ServiceUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { adminContext, memberContext, serverArgs, settled, startMemoryWorker } from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';
import { insertNetwork } from '../testing/network-rows.js';

describe('hosts and quotas in a worker', () => {
  let worker: MemoryWorker;
  const owner = memberContext();
  const admin = adminContext();
  before(async () => {
    worker = await startMemoryWorker({ OS_QUOTA__CORES: '-1', OS_QUOTAS__QUOTA_NETWORK: '7' });
    const page = ServerPage.unwrap(await worker.conductor.call(owner, 'server_create', serverArgs()));
    await settled(worker.conductor, owner, page.objects[0]!.id);
    await insertNetwork(worker.shared.store.db, { name: 'net', project_id: owner.project_id ?? '' });
  });
  after(() => worker.stop());

  const hosts = async (ctx: RequestContext, args: ListArgs) =>
    HypervisorPage.unwrap(await worker.conductor.call(ctx, 'hypervisor_list', args)).objects;

  it('a host tells what the driver has and what servers have of it, to administrators', async () => {
    const [host, ...others] = await hosts(admin, {});
    assert.deepEqual(others, []);
    assert.equal(host?.host, 'test-host');
    assert.deepEqual([host?.state, host?.status, host?.servers], ['up', 'enabled', 1]);
    assert.ok((host?.vcpus ?? 0) > (host?.vcpus_used ?? 0) && (host?.vcpus_used ?? 0) > 0);
    await assert.rejects(hosts(owner, {}), { name: 'PolicyNotAuthorized' });
  });

  it('a host is found by its id; text that is no id finds none', async () => {
    const [host] = await hosts(admin, {});
    assert.equal((await hosts(admin, { filters: { id: [host?.id ?? ''] } })).length, 1);
    assert.deepEqual(await hosts(admin, { filters: { id: ['test-host'] } }), []);
  });

  it('a disabled compute service gets no servers, and tells why until it is enabled', async () => {
    const change = async (args: ServiceUpdateArgs, ctx = admin) =>
      declarationOf(Service).object.unwrap(await worker.conductor.call(ctx, 'service_update', args));
    const named = { host: 'test-host', binary: 'albireo-compute' };
    await assert.rejects(change({ ...named, status: 'disabled' }, owner), { name: 'PolicyNotAuthorized' });
    await assert.rejects(change({ id: 'nope', status: 'disabled' }), { name: 'ServiceNotFound' });
    const disabled = await change({ ...named, status: 'disabled', disabled_reason: 'new disks' });
    assert.deepEqual([disabled.status, disabled.disabled_reason], ['disabled', 'new disks']);
    const page = ServerPage.unwrap(await worker.conductor.call(owner, 'server_create', serverArgs()));
    const server = await settled(worker.conductor, owner, page.objects[0]!.id);
    assert.equal(server.vm_state, 'error');
    assert.match(server.fault?.message ?? '', /No valid host/);
    const enabled = await change({ id: disabled.id, status: 'enabled' });
    assert.deepEqual([enabled.status, enabled.disabled_reason], ['enabled', null]);
  });

  it('quotas of the own project are for everybody, those of others for administrators', async () => {
    const ofOwner = { project_id: owner.project_id ?? '' };
    const compute = Limits.unwrap(await worker.conductor.call(owner, 'quota_get', ofOwner));
    assert.deepEqual([compute.max_cores, compute.used_instances], [-1, 2]);
    const network = NetworkQuota.unwrap(await worker.network.call(admin, 'quota_get', ofOwner));
    assert.deepEqual(network.network, { limit: 7, used: 1 });
    const foreign = { project_id: 'another' };
    await assert.rejects(worker.conductor.call(owner, 'quota_get', foreign), { name: 'PolicyNotAuthorized' });
    await assert.rejects(worker.network.call(owner, 'quota_get', foreign), { name: 'PolicyNotAuthorized' });
    assert.equal(Limits.unwrap(await worker.conductor.call(admin, 'quota_get', foreign)).used_instances, 0);
  });
});
