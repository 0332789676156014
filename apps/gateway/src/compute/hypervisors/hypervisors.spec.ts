import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HypervisorPage, Limits, Service, ServicePage, declarationOf } from '#libs/contracts';
import type { HypervisorData, LimitsData, ServiceData } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';

const host: HypervisorData = {
  id: '0b7c7b1e-8a0f-4a6e-9f0e-000000000001',
  number: 1,
  service_id: '0b7c7b1e-8a0f-4a6e-9f0e-00000000000a',
  service_number: 7,
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
  workload: 1,
  hypervisor_type: 'fake',
  hypervisor_version: 1_000_000,
  host_ip: '192.0.2.1',
  cpu_info: { arch: 'x64' },
  uptime: ' 08:32:11 up 1 day, 2:03,  0 users,  load average: 0.20, 0.12, 0.14',
  hosted: null,
};
const limits: LimitsData = {
  max_instances: 10,
  max_cores: 20,
  max_ram: 51_200,
  max_keypairs: 100,
  max_server_metadata: 128,
  max_server_groups: 10,
  max_server_group_members: 10,
  max_injected_files: 5,
  max_injected_file_content_bytes: 10_240,
  max_injected_file_path_bytes: 255,
  max_fixed_ips: -1,
  max_floating_ips: -1,
  max_security_groups: -1,
  max_security_group_rules: -1,
  used_instances: 2,
  used_cores: 3,
  used_ram: 1024,
  used_server_groups: 0,
};

describe('what operators ask of the Compute API', () => {
  let askedProject: string | undefined;
  let askedBinary: string | undefined;
  let deleted: string | undefined;
  const service: ServiceData = {
    id: host.service_id,
    number: 7,
    binary: 'albireo-compute',
    host: 'h1',
    zone: 'nova',
    status: 'enabled',
    state: 'up',
    disabled_reason: null,
    forced_down: false,
    updated_at: '2026-11-21T20:49:56.123456Z',
  };
  const other = {
    ...host,
    id: '0b7c7b1e-8a0f-4a6e-9f0e-000000000002',
    number: 2,
    node: 'h2',
    status: 'disabled' as const,
  };
  const edge = testEdge({
    conductor: {
      hypervisor_list: ({ filters, limit, with_servers: withServers }) => {
        const found = [host, other].filter(
          ({ id, number }) =>
            (filters?.['id']?.includes(id) ?? true) && (filters?.['number']?.includes(String(number)) ?? true),
        );
        const hosted = [{ name: 'vm', uuid: '0b7c7b1e-8a0f-4a6e-9f0e-000000000009' }];
        const objects = found.slice(0, limit ?? 10).map((one) => (withServers === true ? { ...one, hosted } : one));
        return HypervisorPage.wrap({ objects, next_marker: objects.length < found.length ? host.id : null });
      },
      service_list: ({ filters }) => {
        const found = [service].filter(
          ({ id, number }) =>
            (filters?.['id']?.includes(id) ?? true) && (filters?.['number']?.includes(String(number)) ?? true),
        );
        return ServicePage.wrap({ objects: found, next_marker: null });
      },
      service_update: ({ binary, status = 'enabled', disabled_reason: reason = null, forced_down: down = false }) => {
        askedBinary = binary;
        return declarationOf(Service).object.wrap({ ...service, status, disabled_reason: reason, forced_down: down });
      },
      service_delete: ({ id }) => {
        deleted = id;
        return null;
      },
      limits_get: () => Limits.wrap(limits),
      quota_class_get: () => Limits.wrap(limits),
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

  const ask = async (path: string, version = '2.1', as = token) => {
    const headers = { 'x-auth-token': as, 'openstack-api-version': `compute ${version}` };
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
    assert.equal(later.uptime, host.uptime);
  });

  it('limits of a project that is named are for those who may see any project', async () => {
    askedProject = undefined;
    const { status, body } = await ask('limits?tenant_id=another');
    assert.deepEqual([status, askedProject, body.limits.absolute.totalCoresUsed], [200, 'another', 3]);
    const member = await edge.codec.sign(testClaims());
    const refused = await ask('limits?tenant_id=another', '2.1', member);
    assert.equal(refused.status, 403);
    assert.match(refused.body.forbidden.message, /os_compute_api:limits:other_project/);
    assert.equal((await ask('limits', '2.1', member)).status, 200);
  });

  it('statistics count the enabled hosts, and are gone in 2.88', async () => {
    const { body } = await ask('os-hypervisors/statistics');
    assert.deepEqual([body.hypervisor_statistics.count, body.hypervisor_statistics.vcpus_used], [1, 3]);
    assert.equal((await ask('os-hypervisors/statistics', '2.88')).status, 404);
  });

  it('a hypervisor is found by its id, by part of its name, or not at all', async () => {
    assert.equal((await ask('os-hypervisors/1')).body.hypervisor.service.host, 'h1');
    assert.equal((await ask(`os-hypervisors/${host.id}`, '2.53')).body.hypervisor.service.host, 'h1');
    assert.equal((await ask('os-hypervisors/1', '2.53')).status, 400);
    assert.equal((await ask('os-hypervisors/h1.cloud')).status, 404);
    const found = await ask('os-hypervisors?hypervisor_hostname_pattern=h1', '2.53');
    assert.deepEqual(
      found.body.hypervisors.map(({ id }: { id: string }) => id),
      [host.id],
    );
    assert.equal((await ask('os-hypervisors?hypervisor_hostname_pattern=x', '2.53')).status, 404);
    assert.equal((await ask('os-hypervisors?hypervisor_hostname_pattern=', '2.53')).status, 400);
    assert.equal((await ask('os-hypervisors?hypervisor_hostname_pattern=h1&limit=1', '2.53')).status, 400);
    const uptime = (await ask('os-hypervisors/1/uptime')).body.hypervisor;
    assert.deepEqual(Object.keys(uptime), ['id', 'hypervisor_hostname', 'state', 'status', 'uptime']);
    assert.equal((await ask('os-hypervisors/99/uptime')).status, 404);
    assert.equal((await ask('os-hypervisors/1/uptime', '2.88')).status, 404);
    const [searched] = (await ask('os-hypervisors/H1/search')).body.hypervisors;
    assert.deepEqual([searched.id, searched.hypervisor_hostname], [1, 'h1.cloud']);
    assert.equal((await ask('os-hypervisors/H1/search', '2.53')).status, 404);
    assert.equal((await ask('os-hypervisors/h1/servers')).body.hypervisors[0].servers[0].name, 'vm');
    const listed = await ask('os-hypervisors?with_servers=true', '2.53');
    assert.deepEqual(listed.body.hypervisors[0].servers, [
      { name: 'vm', uuid: '0b7c7b1e-8a0f-4a6e-9f0e-000000000009' },
    ]);
  });

  it('ids of hypervisors and services are numbers until 2.52, and no field is null', async () => {
    const [old] = (await ask('os-hypervisors/detail')).body.hypervisors;
    assert.deepEqual([old.id, old.service.id, old.cpu_info], [1, 7, '{"arch":"x64"}']);
    const [later] = (await ask('os-hypervisors/detail', '2.53')).body.hypervisors;
    assert.deepEqual([later.id, later.service.id, later.cpu_info], [host.id, host.service_id, { arch: 'x64' }]);
    const { current_workload, hypervisor_type, hypervisor_version, host_ip } = old;
    assert.deepEqual(
      [current_workload, hypervisor_type, hypervisor_version, host_ip],
      [1, 'fake', 1_000_000, '192.0.2.1'],
    );
    const [service7] = (await ask('os-services')).body.services;
    assert.deepEqual([service7.id, service7.binary], [7, 'nova-compute']);
    assert.equal((await ask('os-services', '2.53')).body.services[0].id, host.service_id);
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
    const named = { host: 'h1', binary: 'nova-compute' };
    assert.deepEqual((await put('disable', named)).body, { service: { ...named, status: 'disabled' } });
    assert.equal((await put('disable-log-reason', named)).status, 400);
    const reasoned = await put('disable-log-reason', { ...named, disabled_reason: 'x' });
    assert.equal(reasoned.body.service.disabled_reason, 'x');
    assert.equal((await put('force-down', named)).status, 404);
    assert.equal(askedBinary, 'albireo-compute');
    assert.equal((await put('disable', { host: 'h1', binary: 'nova-scheduler' })).status, 400);
    const forced = await put('force-down', { ...named, forced_down: 'true' }, '2.11');
    assert.deepEqual(forced.body, { service: { ...named, forced_down: true } });
    const byId = await put(service.id, { status: 'disabled', disabled_reason: 'x' }, '2.53');
    assert.deepEqual([byId.body.service.id, byId.body.service.disabled_reason], [service.id, 'x']);
    assert.equal((await put(service.id, { status: 'enabled', disabled_reason: 'x' }, '2.53')).status, 400);
    assert.equal((await put(service.id, { forced_down: true }, '2.53')).body.service.forced_down, true);
    assert.equal((await put(service.id, {}, '2.53')).status, 400);
    assert.equal((await put('7', { status: 'disabled' }, '2.53')).status, 400);
    assert.equal((await put(host.id, { status: 'disabled' }, '2.53')).status, 404);
    const headers = { 'x-auth-token': token, 'openstack-api-version': 'compute 2.1' };
    const gone = await app.fastify.inject({ method: 'DELETE', url: '/v2.1/os-services/7', headers });
    assert.deepEqual([gone.statusCode, deleted], [204, service.id]);
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
