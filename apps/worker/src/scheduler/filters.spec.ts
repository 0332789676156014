import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SchedulerFilterName } from '#libs/options';
import type { InstanceRow } from '../instances/instance-row.js';
import { meetsSpec } from './filters.js';
import { hostFilters } from './filters.js';
import type { HostState } from './host-state.js';
import type { PlacementRequest } from './placement-request.js';
import { weighHosts } from './weights.js';
import type { WeightSettings } from './weights.js';

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
    failed_builds: 0,
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
  readonly imageId?: string;
  readonly flavor?: string;
}

function request(wanted: Wanted): PlacementRequest {
  const { hints = {}, specs = {}, image = {}, group = null, imageId = '', flavor = 'm1.tiny' } = wanted;
  const instance = {
    id: 's1',
    project_id: 'p1',
    flavor: { name: flavor, extra_specs: specs },
    image_ref: imageId,
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

const bounds = {
  maxIoOpsPerHost: 8,
  maxInstancesPerHost: 50,
  isolatedImages: ['windows'],
  isolatedHosts: ['h2'],
  restrictIsolatedHostsToIsolatedImages: true,
};

const passes = (name: SchedulerFilterName, wanted: Wanted, host: Partial<HostState> = {}): boolean =>
  hostFilters[name](hostState(host), request(wanted), bounds);

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
    const most = (key: string, value: string) => ({ aggregates: [{ [key]: '20' }, { [key]: value }] });
    assert.ok(!passes('AggregateIoOpsFilter', {}, { io_ops: 1, ...most('max_io_ops_per_host', '1') }));
    assert.ok(passes('AggregateIoOpsFilter', {}, { io_ops: 1, ...most('max_io_ops_per_host', 'many') }));
    assert.ok(!passes('AggregateNumInstancesFilter', {}, { servers: 2, ...most('max_instances_per_host', '2') }));
    assert.ok(!passes('AggregateNumInstancesFilter', {}, { servers: 50 }));
    const near = (address: string) => ({ hints: { build_near_host_ip: address, cidr: '/28' } });
    assert.ok(passes('SimpleCIDRAffinityFilter', near('192.0.2.1')));
    assert.ok(!passes('SimpleCIDRAffinityFilter', near('192.0.2.17')));
    const query = (value: unknown) => ({ hints: { query: JSON.stringify(value) } });
    assert.ok(passes('JsonFilter', query(['and', ['>=', '$free_ram_mb', 6144], ['=', '$host', 'h1']])));
    assert.ok(!passes('JsonFilter', query(['not', ['in', '$host', 'h1', 'h2']])));
    assert.ok(!passes('JsonFilter', { hints: { query: 'no JSON' } }));
  });
});

describe('filters of hosts that are set apart', () => {
  it('give the hosts of an aggregate to its flavors', () => {
    const small = { aggregates: [{ instance_type: 'm1.tiny, m1.small' }] };
    assert.ok(passes('AggregateTypeAffinityFilter', {}, {}));
    assert.ok(passes('AggregateTypeAffinityFilter', {}, small));
    assert.ok(!passes('AggregateTypeAffinityFilter', { flavor: 'm1.large' }, small));
  });

  it('keep isolated images to isolated hosts, and others away from them unless told otherwise', () => {
    const isolated = (image: string, host: string, restrict = true): boolean =>
      hostFilters.IsolatedHostsFilter(hostState({ host }), request({ imageId: image }), {
        ...bounds,
        restrictIsolatedHostsToIsolatedImages: restrict,
      });
    assert.deepEqual(
      [isolated('windows', 'h2'), isolated('windows', 'h1'), isolated('linux', 'h1'), isolated('linux', 'h2')],
      [true, false, true, false],
    );
    assert.deepEqual([isolated('linux', 'h2', false), isolated('windows', 'h1', false)], [true, false]);
  });
});

describe('weights of hosts', () => {
  const settings = {
    weightClasses: ['nova.scheduler.weights.all_weighers'],
    ramWeightMultiplier: 1,
    cpuWeightMultiplier: 1,
    diskWeightMultiplier: 1,
    ioOpsWeightMultiplier: -1,
    numInstancesWeightMultiplier: 0,
    hypervisorVersionWeightMultiplier: 1,
    buildFailureWeightMultiplier: 1_000_000,
    softAffinityWeightMultiplier: 10,
    softAntiAffinityWeightMultiplier: 10,
  };
  const hosts = [hostState(), hostState({ host: 'h2', memory_used: 0 }), hostState({ host: 'h3', io_ops: 9 })];
  const order = (group: PlacementRequest['group'] = null): string[] =>
    weighHosts(hosts, request({ group }), settings, { cpuAllocationRatio: 4 }).map(({ host }) => host);

  /** The better of two hosts that differ in this way. */
  const better = (
    first: Partial<HostState>,
    second: Partial<HostState>,
    changes: Partial<WeightSettings> = {},
  ): string => {
    const pair = [hostState(first), hostState({ host: 'h2', ...second })];
    const [best] = weighHosts(pair, request({}), { ...settings, ...changes }, { cpuAllocationRatio: 4 });
    return best?.host ?? '';
  };
  const only = (...names: string[]) => ({ weightClasses: names.map((name) => `nova.scheduler.weights.${name}`) });

  it('prefer what is free and quiet', () => assert.deepEqual(order(), ['h2', 'h1', 'h3']));

  it('draw soft groups together and push them apart', () => {
    assert.equal(order({ policy: 'soft-affinity', rules: {}, hosts: ['h3'] })[0], 'h3');
    assert.equal(order({ policy: 'soft-anti-affinity', rules: {}, hosts: ['h2', 'h2', 'h3'] })[0], 'h1');
  });

  it('are those of weight_classes alone', () => {
    const [full, free] = [{ memory_used: 8000 }, { io_ops: 9 }];
    assert.equal(better(full, free, only('ram.RAMWeigher')), 'h2');
    assert.equal(better(full, free, only('io_ops.IoOpsWeigher')), 'h1');
    assert.equal(better(full, free, only('disk.DiskWeigher', 'pci.PCIWeigher')), 'h1');
  });

  it('count virtual CPUs as the hosts give them out', () => {
    // Free are 4 × 8 − 24 = 8 and 4 × 2 − 1 = 7; without the ratio −16 and 1.
    assert.equal(better({ vcpus: 8, vcpus_used: 24 }, { vcpus: 2, vcpus_used: 1 }, only('cpu.CPUWeigher')), 'h1');
  });

  it('prefer newer hypervisors, and hosts without failed builds before all', () => {
    assert.equal(better({}, { hypervisor_version: 8_000_000 }), 'h2');
    assert.equal(better({ failed_builds: 1 }, { memory_used: 8000, io_ops: 9 }), 'h2');
  });

  it('count servers when asked to', () => {
    assert.equal(better({ servers: 9 }, {}), 'h1');
    assert.equal(better({ servers: 9 }, {}, { numInstancesWeightMultiplier: -1 }), 'h2');
  });

  it('take the multiplier of an aggregate for its hosts, the least of several, and none that is no number', () => {
    const [full, free] = [{ memory_used: 4096 }, { memory_used: 2048 }];
    const inAggregates = (...values: string[]) => values.map((value) => ({ ram_weight_multiplier: value }));
    assert.equal(better(full, free), 'h2');
    assert.equal(better(full, { ...free, aggregates: inAggregates('3', '-2') }), 'h1');
    assert.equal(better(full, { ...free, aggregates: inAggregates('much') }), 'h2');
  });
});
