import { STANDARD_TRAITS } from './traits.js';

/** What the value of an extra spec may be. */
export type SpecValue =
  | {
      readonly type: 'text';
      /** The form as nova's texts tell it. */
      readonly pattern?: string;
      /** The same language without nova's nested repetitions, which take exponential time here. @default the pattern */
      readonly form?: string;
      readonly oneOf?: readonly string[];
    }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' };

/** An extra spec that nova knows. */
export interface ExtraSpec {
  /** With `{parameter}` for each part that differs. */
  readonly name: string;
  /** Regular expressions of the parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly value: SpecValue;
}

const TEXT: SpecValue = { type: 'text' };
const BOOLEAN: SpecValue = { type: 'boolean' };
const INTEGER: SpecValue = { type: 'integer' };
const FROM_0: SpecValue = { type: 'integer', min: 0 };
const FROM_1: SpecValue = { type: 'integer', min: 1 };

const oneOf = (words: string): SpecValue => ({ type: 'text', oneOf: words.split(' ') });
const pattern = (text: string, form = text): SpecValue => ({ type: 'text', pattern: text, form });

const CPU_FORM = String.raw`\^?\d+(?:-\d+|,\^?\d+)*`;
const CPUS = pattern(String.raw`\^?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*`, CPU_FORM);
const LEVELS = oneOf('custom high normal low');
const DEMANDS = oneOf('required forbidden');
const GROUP = { group: '([a-zA-Z0-9_-]{1,64})?' };
const FILTER = { filter: String.raw`(:\w+)*` };

const named = (prefix: string, names: string, value: SpecValue, parameters = {}): ExtraSpec[] =>
  names.split(' ').map((name) => ({ name: `${prefix}${name}`, parameters, value }));

/** Every extra spec that nova checks from 2.86 on: nova/api/validation/extra_specs. */
export const EXTRA_SPECS: readonly ExtraSpec[] = [
  ...named('accel:', 'device_profile', TEXT),
  ...named('aggregate_instance_extra_specs:', '{key}', TEXT, { key: '.+' }),
  ...named(
    'capabilities:',
    'id uuid service_id host vcpus memory_mb local_gb vcpus_used memory_mb_used local_gb_used hypervisor_type ' +
      'hypervisor_version hypervisor_hostname free_ram_mb free_disk_gb current_workload running_vms ' +
      'disk_available_least host_ip mapped cpu_allocation_ratio ram_allocation_ratio disk_allocation_ratio ' +
      'total_usable_ram_mb total_usable_disk_gb disk_mb_used free_disk_mb vcpus_total num_instances num_io_ops ' +
      'failed_builds aggregates cell_uuid updated',
    TEXT,
  ),
  ...named(
    'capabilities:',
    'cpu_info{filter} metrics{filter} stats{filter} numa_topology{filter} supported_hv_specs{filter} ' +
      'pci_device_pools{filter} nodename{filter} pci_stats{filter} supported_instances{filter} limits{filter} ' +
      'instances{filter}',
    TEXT,
    FILTER,
  ),
  ...named(
    'hw:',
    'cpu_realtime hide_hypervisor_id locked_memory boot_menu vif_multiqueue_enabled mem_encryption pmu ' +
      'virtio_packed_ring ephemeral_encryption',
    BOOLEAN,
  ),
  ...named('hw:', 'numa_nodes cpu_sockets cpu_cores cpu_threads cpu_max_sockets cpu_max_cores cpu_max_threads', FROM_1),
  ...named('hw:', 'numa_mem.{num}', FROM_1, { num: String.raw`\d+` }),
  ...named('hw:', 'numa_cpus.{num}', CPUS, { num: String.raw`\d+` }),
  ...named('hw:', 'serial_port_count', FROM_0),
  ...named('hw:', 'redirected_usb_ports', { type: 'integer', min: 0, max: 15 }),
  ...named('hw:', 'cpu_realtime_mask', pattern(String.raw`(\^)?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*`, CPU_FORM)),
  ...named('hw:', 'cpu_dedicated_mask', CPUS),
  ...named('hw:', 'mem_page_size', pattern(String.raw`(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)`)),
  ...named('hw:', 'pmem', pattern('([a-zA-Z0-9_]+(,)?)+', '[a-zA-Z0-9_]+(?:,[a-zA-Z0-9_]+)*,?')),
  ...named('hw:', 'cpu_policy', oneOf('dedicated shared mixed')),
  ...named('hw:', 'cpu_thread_policy', oneOf('prefer isolate require')),
  ...named('hw:', 'emulator_threads_policy', oneOf('isolate share')),
  ...named('hw:', 'pci_numa_affinity_policy', oneOf('required preferred legacy socket')),
  ...named('hw:', 'mem_encryption_model', oneOf('amd-sev amd-sev-es amd-sev-snp')),
  ...named('hw:', 'tpm_model', oneOf('tpm-tis tpm-crb')),
  ...named('hw:', 'tpm_version', oneOf('1.2 2.0')),
  ...named('hw:', 'tpm_secret_security', oneOf('user host deployment')),
  ...named('hw:', 'watchdog_action', oneOf('none pause poweroff reset disabled')),
  ...named('hw:', 'viommu_model', oneOf('intel smmuv3 virtio auto')),
  ...named('hw:', 'sound_model', oneOf('sb16 es1370 pcspk ac97 ich6 ich9 usb virtio')),
  ...named('hw:', 'usb_model', oneOf('none nec-xhci qemu-xhci')),
  ...named('hw:', 'ephemeral_encryption_format', oneOf('plain luks luksv2')),
  ...named('hw_rng:', 'allowed', BOOLEAN),
  ...named('hw_rng:', 'rate_bytes rate_period', FROM_0),
  ...named('hw_video:', 'ram_max_mb', FROM_0),
  ...named('', 'hide_hypervisor_id', BOOLEAN),
  ...named('', 'group_policy', oneOf('isolate none')),
  ...named('os:', 'secure_boot', oneOf('disabled required')),
  ...named('pci_passthrough:', 'alias', pattern(String.raw`[^:]+:\d+(?:\s*,\s*[^:]+:\d+)*`)),
  ...named(
    'quota:',
    'cpu_limit cpu_shares_share memory_limit memory_shares_share disk_io_limit disk_io_shares_share vif_limit ' +
      'vif_shares_share cpu_shares cpu_period disk_read_bytes_sec disk_read_iops_sec disk_write_bytes_sec ' +
      'disk_write_iops_sec disk_total_bytes_sec disk_total_iops_sec vif_inbound_average vif_inbound_peak ' +
      'vif_inbound_burst vif_outbound_average vif_outbound_peak vif_outbound_burst',
    FROM_0,
  ),
  ...named('quota:', 'cpu_reservation memory_reservation disk_io_reservation vif_reservation cpu_quota', INTEGER),
  ...named('quota:', 'cpu_shares_level memory_shares_level disk_io_shares_level vif_shares_level', LEVELS),
  ...named(
    'resources{group}:',
    'VCPU MEMORY_MB DISK_GB PCI_DEVICE SRIOV_NET_VF NUMA_SOCKET NUMA_CORE NUMA_THREAD NUMA_MEMORY_MB IPV4_ADDRESS ' +
      'VGPU VGPU_DISPLAY_HEAD NET_BW_EGR_KILOBIT_PER_SEC NET_BW_IGR_KILOBIT_PER_SEC PCPU MEM_ENCRYPTION_CONTEXT FPGA ' +
      'PGPU NET_PACKET_RATE_KILOPACKET_PER_SEC NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC ' +
      'NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC',
    INTEGER,
    GROUP,
  ),
  ...named('resources{group}:', 'CUSTOM_{resource}', INTEGER, { ...GROUP, resource: '[A-Z0-9_]+' }),
  ...named('trait{group}:', STANDARD_TRAITS.join(' '), DEMANDS, GROUP),
  ...named('trait{group}:', 'CUSTOM_{trait}', DEMANDS, { ...GROUP, trait: '[A-Z0-9_]+' }),
  ...named('vmware:', 'hw_version storage_policy', TEXT),
];
