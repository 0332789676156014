import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SchedulerFilterName } from '#libs/options';
import type { InstanceRow } from '../instances/instance-row.js';
import { meetsSpec } from './filters.js';
import { hostFilters } from './filters.js';
import type { HostState } from './host-state.js';
import type { PlacementRequest } from './placement-request.js';
import { weighHosts } from './weights.js';

function hostState(changes: Partial<HostState> = {}): HostState {
  return {
    host: 'h1',
    node: 'h1',
    zone: 'nova',
    enabled: true,
    up: true,
    vcpus: 8,
    memory: 8192,
    disk: 100,
    vcpus_used: 2,
    memory_used: 2048,
    disk_used: 10,
    servers: 2,
    io_ops: 1,
    hypervisor_type: 'qemu',
    hypervisor_version: 7_000_000,
    host_ip: '192.0.2.10',
    cpu_info: { arch: 'x64', model: 'Nehalem' },
    aggregates: [],
    ...changes,
  };
}

interface Wanted {
  readonly hints?: object;
  readonly specs?: object;
  readonly image?: object;
  readonly group?: PlacementRequest['group'];
}

function request({ hints = {}, specs = {}, image = {}, group = null }: Wanted): PlacementRequest {
  const instance = {
    id: 's1',
    project_id: 'p1',
    flavor: { extra_specs: specs },
    image_properties: image,
    request_spec: { scheduler_hints: hints },
  } as unknown as InstanceRow;
  return {
    instance,
    group,
    hostsOfServers: new Map([
      ['s2', 'h1'],
      ['s3', 'h2'],
    ]),
  };
}

const passes = (name: SchedulerFilterName, wanted: Wanted, host: Partial<HostState> = {}): boolean =>
  hostFilters[name](hostState(host), request(wanted), { maxIoOpsPerHost: 8, maxInstancesPerHost: 50 });

describe('filters of hosts', () => {
  it('leave out hosts that are disabled or down', () => {
    assert.ok(passes('ComputeFilter', {}));
    assert.ok(!passes('ComputeFilter', {}, { enabled: false }));
    assert.ok(!passes('ComputeFilter', {}, { up: false }));
  });

  it('keep to the hosts of other servers, or away from them', () => {
    assert.ok(passes('SameHostFilter', { hints: { same_host: 's2' } }));
    assert.ok(!passes('SameHostFilter', { hints: { same_host: ['s3'] } }));
    assert.ok(!passes('SameHostFilter', { hints: { same_host: ['unknown'] } }));
    assert.ok(!passes('DifferentHostFilter', { hints: { different_host: ['s2', 's3'] } }));
    assert.ok(passes('DifferentHostFilter', { hints: { different_host: 's3' } }));
  });

  it('keep a group together or apart, up to its rule', () => {
    const group = (policy: string, hosts: string[], rules = {}) => ({ group: { policy, hosts, rules } });
    assert.ok(passes('ServerGroupAffinityFilter', group('affinity', [])));
    assert.ok(!passes('ServerGroupAffinityFilter', group('affinity', ['h2'])));
    assert.ok(!passes('ServerGroupAntiAffinityFilter', group('anti-affinity', ['h1'])));
    assert.ok(passes('ServerGroupAntiAffinityFilter', group('anti-affinity', ['h1'], { max_server_per_host: 2 })));
    assert.ok(passes('ServerGroupAntiAffinityFilter', group('soft-anti-affinity', ['h1'])));
  });

  it('match extra specs with capabilities and aggregates, in the operators of nova', () => {
    assert.ok(passes('ComputeCapabilitiesFilter', { specs: { 'capabilities:hypervisor_type': 's== qemu' } }));
    assert.ok(!passes('ComputeCapabilitiesFilter', { specs: { 'capabilities:vcpus_total': '>= 16' } }));
    assert.ok(!passes('ComputeCapabilitiesFilter', { specs: { 'capabilities:nothing': 'x' } }));
    assert.ok(
      passes('ComputeCapabilitiesFilter', { specs: { 'capabilities:cpu_info:model': 'Nehalem', 'hw:x': 'y' } }),
    );
    const inFast = { aggregates: [{ disk: 'ssd, nvme' }] };
    assert.ok(
      passes('AggregateInstanceExtraSpecsFilter', { specs: { 'aggregate_instance_extra_specs:disk': 'ssd' } }, inFast),
    );
    assert.ok(!passes('AggregateInstanceExtraSpecsFilter', { specs: { disk: 'hdd' } }, inFast));
    assert.ok(meetsSpec('5', '<or> 4 <or> 5') && meetsSpec('12 a', '<in> 12') && !meetsSpec('5', 's!= 5'));
  });

  it('isolate images and projects', () => {
    const windows = { aggregates: [{ os: 'windows' }] };
    assert.ok(!passes('AggregateImagePropertiesIsolation', { image: { os: 'linux' } }, windows));
    assert.ok(passes('AggregateImagePropertiesIsolation', { image: {} }, windows));
    assert.ok(!passes('AggregateMultiTenancyIsolation', {}, { aggregates: [{ filter_tenant_id: 'p2' }] }));
    assert.ok(passes('AggregateMultiTenancyIsolation', {}, { aggregates: [{ filter_tenant_id2: 'p2, p1' }] }));
    assert.ok(!passes('ImagePropertiesFilter', { image: { hw_architecture: 'aarch64' } }));
    assert.ok(passes('ImagePropertiesFilter', { image: { hw_architecture: 'x86_64' } }));
  });

  it('count, compare addresses and read queries', () => {
    assert.ok(!passes('IoOpsFilter', {}, { io_ops: 8 }));
    assert.ok(!passes('NumInstancesFilter', {}, { servers: 50 }));
    const near = (address: string) => ({ hints: { build_near_host_ip: address, cidr: '/28' } });
    assert.ok(passes('SimpleCIDRAffinityFilter', near('192.0.2.1')));
    assert.ok(!passes('SimpleCIDRAffinityFilter', near('192.0.2.17')));
    const query = (value: unknown) => ({ hints: { query: JSON.stringify(value) } });
    assert.ok(passes('JsonFilter', query(['and', ['>=', '$free_ram_mb', 6144], ['=', '$host', 'h1']])));
    assert.ok(!passes('JsonFilter', query(['not', ['in', '$host', 'h1', 'h2']])));
    assert.ok(!passes('JsonFilter', { hints: { query: 'no JSON' } }));
  });
});

describe('weights of hosts', () => {
  const multipliers = {
    ramWeightMultiplier: 1,
    cpuWeightMultiplier: 1,
    diskWeightMultiplier: 1,
    ioOpsWeightMultiplier: -1,
    softAffinityWeightMultiplier: 10,
    softAntiAffinityWeightMultiplier: 10,
  };
  const hosts = [hostState(), hostState({ host: 'h2', memory_used: 0 }), hostState({ host: 'h3', io_ops: 9 })];
  const order = (group: PlacementRequest['group'] = null): string[] =>
    weighHosts(hosts, request({ group }), multipliers).map(({ host }) => host);

  it('prefer what is free and quiet', () => assert.deepEqual(order(), ['h2', 'h1', 'h3']));

  it('draw soft groups together and push them apart', () => {
    assert.equal(order({ policy: 'soft-affinity', rules: {}, hosts: ['h3'] })[0], 'h3');
    assert.equal(order({ policy: 'soft-anti-affinity', rules: {}, hosts: ['h2', 'h2', 'h3'] })[0], 'h1');
  });
});
