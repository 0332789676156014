import type { HypervisorData } from '#libs/contracts';

/** The short form; `servers` where they were asked for: until 2.74 only of a host that has some. */
export function hypervisorSummary(host: HypervisorData, version: number): Record<string, unknown> {
  const { number, id, node, state, status, hosted } = host;
  const body = { id: version >= 53 ? id : number, hypervisor_hostname: node, state, status };
  const isTold = hosted !== null && (hosted.length > 0 || version >= 75);
  return isTold ? { ...body, servers: hosted } : body;
}

/** What nova tells of a host by microversion: what servers use of it left in 2.88, where `uptime` came. */
export function hypervisorView(host: HypervisorData, version: number): Record<string, unknown> {
  const { hypervisor_type, hypervisor_version, host_ip, disabled_reason } = host;
  const id = version >= 53 ? host.service_id : host.service_number;
  const body = {
    ...hypervisorSummary(host, version),
    hypervisor_type,
    hypervisor_version,
    host_ip,
    service: { id, host: host.host, disabled_reason },
  };
  if (version >= 88) return { ...body, uptime: host.uptime };
  return { ...body, cpu_info: version >= 28 ? host.cpu_info : JSON.stringify(host.cpu_info), ...amounts(host) };
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
    current_workload: host.workload,
  };
}

/** Sums over all hosts that are enabled, as nova counts. */
export function statisticsView(hosts: readonly HypervisorData[]): Record<string, unknown> {
  const counted = hosts.filter((host) => host.status === 'enabled').map(amounts);
  const sums: Record<string, number> = { count: counted.length };
  const names = ['vcpus', 'vcpus_used', 'memory_mb', 'memory_mb_used', 'free_ram_mb', 'local_gb', 'local_gb_used'];
  names.push('free_disk_gb', 'disk_available_least', 'running_vms', 'current_workload');
  for (const name of names) sums[name] = counted.reduce((sum, host) => sum + (host[name] ?? 0), 0);
  return { hypervisor_statistics: sums };
}
