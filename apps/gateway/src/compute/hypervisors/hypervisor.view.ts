import { Hypervisor } from '#libs/contracts';
import type { HypervisorData } from '#libs/contracts';
import { resourceView } from '../resource/resource-view.js';

/** The short form; `servers` where they were asked for: until 2.74 only of a host that has some. */
export function hypervisorSummary(host: HypervisorData, version: number): Record<string, unknown> {
  return resourceView(Hypervisor, host, { version, view: 'brief' }, hostedServers(host, version));
}

/** What nova tells of a host by microversion. */
export function hypervisorView(host: HypervisorData, version: number): Record<string, unknown> {
  const id = version >= 53 ? host.service_id : host.service_number;
  return resourceView(
    Hypervisor,
    host,
    { version, view: 'detail' },
    {
      ...hostedServers(host, version),
      service: { id, host: host.host, disabled_reason: host.disabled_reason },
      ...(version < 28 && { cpu_info: JSON.stringify(host.cpu_info) }),
      ...(version < 88 && freeOf(host)),
    },
  );
}

function hostedServers({ hosted }: HypervisorData, version: number): Record<string, unknown> {
  return hosted !== null && (hosted.length > 0 || version >= 75) ? { servers: hosted } : {};
}

function freeOf(host: HypervisorData): Record<string, number> {
  const disk = host.disk - host.disk_used;
  return { free_ram_mb: host.memory - host.memory_used, free_disk_gb: disk, disk_available_least: disk };
}

/** What is summed up: amounts of the version before they left. */
const SUMMED = [
  'vcpus',
  'vcpus_used',
  'memory_mb',
  'memory_mb_used',
  'free_ram_mb',
  'local_gb',
  'local_gb_used',
  'free_disk_gb',
  'disk_available_least',
  'running_vms',
  'current_workload',
];

/** Sums over all hosts that are enabled, as nova counts. */
export function statisticsView(hosts: readonly HypervisorData[]): Record<string, unknown> {
  const counted = hosts.filter((host) => host.status === 'enabled').map((host) => hypervisorView(host, 87));
  const sumOf = (name: string): number => counted.reduce((sum, host) => sum + Number(host[name]), 0);
  const sums = Object.fromEntries(SUMMED.map((name) => [name, sumOf(name)]));
  return { hypervisor_statistics: { count: counted.length, ...sums } };
}
