import { objectType, pageType } from '../objects/versioned-object.js';

/** A server as its host lists it. */
export interface HostedServer {
  readonly name: string;
  readonly uuid: string;
}

/** A compute host with what its driver offers, and what servers have of it. MiB of memory, GiB of disk. */
export interface HypervisorData {
  readonly id: string;
  /** nova's id until 2.52. */
  readonly number: number;
  /** The ids of its compute service. */
  readonly service_id: string;
  readonly service_number: number;
  readonly host: string;
  readonly node: string;
  readonly status: 'enabled' | 'disabled';
  readonly state: 'up' | 'down';
  readonly disabled_reason: string | null;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus_used: number;
  readonly memory_used: number;
  readonly disk_used: number;
  readonly servers: number;
  /** Servers with something being done to them. */
  readonly workload: number;
  readonly hypervisor_type: string;
  /** As a number: 1.2.3 is 1002003. */
  readonly hypervisor_version: number;
  readonly host_ip: string;
  readonly cpu_info: Readonly<Record<string, unknown>>;
  /** In the form of uptime(1), as of the last report; null where the driver does not tell it. */
  readonly uptime: string | null;
  /** Only where they were asked for. */
  readonly hosted: readonly HostedServer[] | null;
}

/** Limits and use of a project. */
export interface LimitsData {
  readonly max_instances: number;
  readonly max_cores: number;
  readonly max_ram: number;
  readonly max_keypairs: number;
  readonly max_server_metadata: number;
  readonly max_server_groups: number;
  readonly max_server_group_members: number;
  readonly max_injected_files: number;
  readonly max_injected_file_content_bytes: number;
  readonly max_injected_file_path_bytes: number;
  /** Of networks: kept and told, as nova does, and held by nothing; the Network API has limits of its own. */
  readonly max_fixed_ips: number;
  readonly max_floating_ips: number;
  readonly max_security_groups: number;
  readonly max_security_group_rules: number;
  readonly used_instances: number;
  readonly used_cores: number;
  readonly used_ram: number;
  readonly used_server_groups: number;
}

const Hypervisor = objectType<HypervisorData>('Hypervisor', '1.1', [
  {
    version: '1.1',
    contract: '1.1',
    adds: [
      'number',
      'service_id',
      'service_number',
      'workload',
      'hypervisor_type',
      'hypervisor_version',
      'host_ip',
      'cpu_info',
      'uptime',
      'hosted',
    ],
    missing: { workload: 0, uptime: null, hosted: null, cpu_info: {} },
    // Before, a host had the id of its service.
    backport: (host) => ({ ...host, id: host.service_id }),
  },
]);
export const HypervisorPage = pageType(Hypervisor);
export const Limits = objectType<LimitsData>('Limits', '1.2', [
  {
    version: '1.1',
    contract: '1.1',
    adds: ['max_injected_files', 'max_injected_file_content_bytes', 'max_injected_file_path_bytes'],
  },
  {
    version: '1.2',
    contract: '1.2',
    adds: ['max_fixed_ips', 'max_floating_ips', 'max_security_groups', 'max_security_group_rules'],
    missing: { max_fixed_ips: -1, max_floating_ips: -1, max_security_groups: -1, max_security_group_rules: -1 },
  },
]);
