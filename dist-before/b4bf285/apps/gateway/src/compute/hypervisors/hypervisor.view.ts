import type { HypervisorData } from '#libs/contracts';

/** The short form: also what a server's page would link to. */
export function hypervisorSummary(host: HypervisorData): Record<string, unknown> {
  return { id: host.id, hypervisor_hostname: host.node, state: host.state, status: host.status };
}

/** What nova tells of a host by microversion: what servers use of it left in 2.88, where `uptime` came. */
export function hypervisorView(host: HypervisorData, version: number): Record<string, unknown> {
  const body = {
    ...hypervisorSummary(host),
    // What no driver tells is null, not invented.
    hypervisor_type: null,
    hypervisor_version: null,
    host_ip: null,
    service: { id: host.id, host: host.host, disabled_reason: host.disabled_reason },
  };
  // Not null: the openstack command cannot take it.
  if (version >= 88) return { ...body, uptime: '' };
  return { ...body, cpu_info: version >= 28 ? {} : '', current_workload: null, ...amounts(host) };
}

function amounts(host: HypervisorData): Record<string, number> {
  return {
    vcpus: host.vcpus,
    vcpus_used: host.vcpus_used,
    memory_mb: host.memory,
    memory_mb_used: host.memory_used,
    free_ram_mb: host.memory - host.memory_used,
    local_gb: host.disk,
    local_gb_used: host.disk_used,
    free_disk_gb: host.disk - host.disk_used,
    disk_available_least: host.disk - host.disk_used,
    running_vms: host.servers,
  };
}

/** Sums over all hosts that are enabled, as nova counts. */
export function statisticsView(hosts: readonly HypervisorData[]): Record<string, unknown> {
  const counted = hosts.filter((host) => host.status === 'enabled').map(amounts);
  const sums: Record<string, number> = { count: counted.length, current_workload: 0 };
  for (const host of counted) {
    for (const [name, value] of Object.entries(host)) sums[name] = (sums[name] ?? 0) + value;
  }
  return { hypervisor_statistics: sums };
}
