import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HypervisorPage, Limits, Service } from '#libs/contracts';
import type { HypervisorData, LimitsData } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';

const host: HypervisorData = {
  id: '0b7c7b1e-8a0f-4a6e-9f0e-000000000001',
  host: 'h1',
  node: 'h1.cloud',
  status: 'enabled',
  state: 'up',
  disabled_reason: null,
  vcpus: 8,
  memory: 4096,
  disk: 100,
  vcpus_used: 3,
  memory_used: 1024,
  disk_used: 10,
  servers: 2,
};
const limits: LimitsData = {
  max_instances: 10,
  max_cores: 20,
  max_ram: 51_200,
  max_keypairs: 100,
  max_server_metadata: 128,
  max_server_groups: 10,
  max_server_group_members: 10,
  used_instances: 2,
  used_cores: 3,
  used_ram: 1024,
  used_server_groups: 0,
};

describe('what operators ask of the Compute API', () => {
  let askedProject: string | undefined;
  const other = { ...host, id: '0b7c7b1e-8a0f-4a6e-9f0e-000000000002', node: 'h2', status: 'disabled' as const };
  const edge = testEdge({
    conductor: {
      hypervisor_list: ({ filters, limit }) => {
        const found = [host, other].filter(({ id }) => filters?.['id']?.includes(id) ?? true);
        const objects = found.slice(0, limit ?? 10);
        return HypervisorPage.wrap({ objects, next_marker: objects.length < found.length ? host.id : null });
      },
      service_update: ({ id = 's1', host: on = 'h1', binary = 'b', status, disabled_reason: reason }) =>
        Service.wrap({
          id,
          binary,
          host: on,
          zone: 'nova',
          status,
          state: 'up',
          disabled_reason: reason ?? null,
          updated_at: '2026-11-21T20:49:56.123456Z',
        }),
      limits_get: () => Limits.wrap(limits),
      quota_get: ({ project_id: project }) => {
        askedProject = project;
        return Limits.wrap(limits);
      },
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(computeApi, edge);
    token = await edge.codec.sign(testClaims(['admin']));
  });
  after(() => app.close());

  const ask = async (path: string, version = '2.1') => {
    const headers = { 'x-auth-token': token, 'openstack-api-version': `compute ${version}` };
    const answer = await app.fastify.inject({ url: `/v2.1/${path}`, headers });
    return { status: answer.statusCode, body: answer.json() };
  };

  it('hypervisors tell what is used of them until 2.88', async () => {
    const { body } = await ask('os-hypervisors/detail', '2.53');
    assert.equal(body.hypervisors.length, 2);
    const [first] = body.hypervisors;
    assert.deepEqual([first.vcpus, first.vcpus_used, first.free_ram_mb, first.running_vms], [8, 3, 3072, 2]);
    assert.equal(first.hypervisor_hostname, 'h1.cloud');
    const [later] = (await ask('os-hypervisors/detail', '2.88')).body.hypervisors;
    assert.equal('vcpus' in later, false);
    assert.equal(later.uptime, '');
  });

  it('statistics count the enabled hosts, and are gone in 2.88', async () => {
    const { body } = await ask('os-hypervisors/statistics');
    assert.deepEqual([body.hypervisor_statistics.count, body.hypervisor_statistics.vcpus_used], [1, 3]);
    assert.equal((await ask('os-hypervisors/statistics', '2.88')).status, 404);
  });

  it('a hypervisor is found by its id, by part of its name, or not at all', async () => {
    assert.equal((await ask(`os-hypervisors/${host.id}`)).body.hypervisor.service.host, 'h1');
    assert.equal((await ask('os-hypervisors/h1.cloud')).status, 404);
    const found = await ask('os-hypervisors?hypervisor_hostname_pattern=h1', '2.53');
    assert.deepEqual(
      found.body.hypervisors.map(({ id }: { id: string }) => id),
      [host.id],
    );
    assert.equal((await ask('os-hypervisors?hypervisor_hostname_pattern=x', '2.53')).status, 404);
    assert.equal((await ask('os-hypervisors?hypervisor_hostname_pattern=h1&limit=1', '2.53')).status, 400);
    assert.equal((await ask(`os-hypervisors/${host.id}/uptime`)).status, 501);
  });

  it('hypervisors come in pages from 2.33 on', async () => {
    const page = await ask('os-hypervisors?limit=1', '2.33');
    assert.equal(page.body.hypervisors.length, 1);
    assert.match(page.body.hypervisors_links[0].href, /os-hypervisors\?limit=1&marker=/);
    assert.equal((await ask('os-hypervisors?limit=1')).body.hypervisors.length, 2);
  });

  it('a service is switched by its host and binary until 2.52, and by its id since', async () => {
    const put = async (path: string, payload: object, version = '2.1') => {
      const headers = { 'x-auth-token': token, 'openstack-api-version': `compute ${version}` };
      const answer = await app.fastify.inject({ method: 'PUT', url: `/v2.1/os-services/${path}`, headers, payload });
      return { status: answer.statusCode, body: answer.json() };
    };
    const named = { host: 'h1', binary: 'albireo-compute' };
    assert.deepEqual((await put('disable', named)).body, { service: { ...named, status: 'disabled' } });
    assert.equal((await put('disable-log-reason', named)).status, 400);
    const reasoned = await put('disable-log-reason', { ...named, disabled_reason: 'x' });
    assert.equal(reasoned.body.service.disabled_reason, 'x');
    assert.equal((await put('force-down', named)).status, 404);
    const byId = await put(host.id, { status: 'disabled', disabled_reason: 'x' }, '2.53');
    assert.deepEqual([byId.body.service.id, byId.body.service.disabled_reason], [host.id, 'x']);
    assert.equal((await put(host.id, { status: 'enabled', disabled_reason: 'x' }, '2.53')).status, 400);
    assert.equal((await put(host.id, { forced_down: true }, '2.53')).status, 400);
  });

  it('quotas are those of the configuration, by version, with their use in detail', async () => {
    const { body } = await ask('os-quota-sets/p7');
    assert.equal(askedProject, 'p7');
    assert.deepEqual([body.quota_set.id, body.quota_set.instances, body.quota_set.floating_ips], ['p7', 10, -1]);
    assert.equal('floating_ips' in (await ask('os-quota-sets/p7', '2.36')).body.quota_set, false);
    const detail = (await ask('os-quota-sets/p7/detail', '2.57')).body.quota_set;
    assert.deepEqual(detail.cores, { limit: 20, in_use: 3, reserved: 0 });
    assert.equal('injected_files' in detail, false);
    assert.equal((await ask('os-quota-sets/p7/defaults')).body.quota_set.ram, 51_200);
  });
});
