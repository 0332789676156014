/** Standard traits, by prefix: those of os-traits, which nova's extra specs `trait:…` are checked against. */
const TRAITS: Readonly<Record<string, string>> = {
  COMPUTE_:
    'ACCELERATORS ADDRESS_SPACE_EMULATED ADDRESS_SPACE_PASSTHROUGH CONFIG_DRIVE_REGENERATION ' +
    'DEVICE_TAGGING EPHEMERAL_ENCRYPTION EPHEMERAL_ENCRYPTION_LUKS EPHEMERAL_ENCRYPTION_LUKSV2 ' +
    'EPHEMERAL_ENCRYPTION_PLAIN FIRMWARE_BIOS FIRMWARE_UEFI MANAGED_PCI_DEVICE MEM_BACKING_FILE ' +
    'MIGRATE_AUTO_CONVERGE MIGRATE_POST_COPY NODE REMOTE_MANAGED_PORTS RESCUE_BFV SAME_HOST_COLD_MIGRATE ' +
    'SHARE_LOCAL_FS SOCKET_PCI_NUMA_AFFINITY STATUS_DISABLED STORAGE_VIRTIO_FS TRUSTED_CERTS ' +
    'VOLUME_ATTACH VOLUME_ATTACH_WITH_TAG VOLUME_EXTEND VOLUME_MULTI_ATTACH',
  COMPUTE_ARCH_: 'AARCH64 MIPSEL PPC64LE RISCV64 S390X X86_64',
  COMPUTE_GRAPHICS_MODEL_: 'BOCHS CIRRUS GOP NONE QXL VGA VIRTIO VMVGA XEN',
  COMPUTE_IMAGE_TYPE_: 'AKI AMI ARI ISO PLOOP QCOW2 RAW VDI VHD VHDX VMDK',
  COMPUTE_NET_:
    'ATTACH_INTERFACE ATTACH_INTERFACE_WITH_TAG VIF_MODEL_E1000 VIF_MODEL_E1000E VIF_MODEL_IGB ' +
    'VIF_MODEL_LAN9118 VIF_MODEL_NE2K_PCI VIF_MODEL_NETFRONT VIF_MODEL_PCNET VIF_MODEL_RTL8139 ' +
    'VIF_MODEL_SPAPR_VLAN VIF_MODEL_SRIOV VIF_MODEL_VIRTIO VIF_MODEL_VMXNET VIF_MODEL_VMXNET3 ' +
    'VIRTIO_PACKED',
  COMPUTE_SECURITY_:
    'STATELESS_FIRMWARE TPM_1_2 TPM_2_0 TPM_CRB TPM_SECRET_SECURITY_DEPLOYMENT TPM_SECRET_SECURITY_HOST ' +
    'TPM_SECRET_SECURITY_USER TPM_TIS UEFI_SECURE_BOOT',
  COMPUTE_SOUND_MODEL_: 'AC97 ES1370 ICH6 ICH9 PCSPK SB16 USB VIRTIO',
  COMPUTE_STORAGE_BUS_: 'FDC IDE LXC SATA SCSI UML USB VIRTIO XEN',
  COMPUTE_USB_MODEL_: 'NEC_XHCI QEMU_XHCI',
  COMPUTE_VIOMMU_: 'MODEL_AUTO MODEL_INTEL MODEL_SMMUV3 MODEL_VIRTIO',
  HW_:
    'ARCH_AARCH64 ARCH_ALPHA ARCH_ARMV6 ARCH_ARMV7 ARCH_ARMV7B ARCH_CRIS ARCH_I686 ARCH_IA64 ARCH_LM32 ' +
    'ARCH_M68K ARCH_MICROBLAZE ARCH_MICROBLAZEEL ARCH_MIPS ARCH_MIPS64 ARCH_MIPS64EL ARCH_MIPSEL ' +
    'ARCH_OPENRISC ARCH_PARISC ARCH_PARISC64 ARCH_PPC ARCH_PPC64 ARCH_PPC64LE ARCH_PPCEMB ARCH_PPCLE ' +
    'ARCH_S390 ARCH_S390X ARCH_SH4 ARCH_SH4EB ARCH_SPARC ARCH_SPARC64 ARCH_UNICORE32 ARCH_X86_64 ' +
    'ARCH_XTENSA ARCH_XTENSAEB NUMA_ROOT NVME_BES NVME_CES NVME_WZS PCI_LIVE_MIGRATABLE PCI_ONE_TIME_USE',
  HW_CPU_AARCH64_:
    'AES ASIMD ASIMDDP ASIMDHP ASIMDRDM ATOMICS CPUID CRC32 DCPOP EVTSTRM FCMA FP FPHP JSCVT LRCPC PMULL ' +
    'SHA1 SHA2 SHA3 SHA512 SM3 SM4 SVE',
  HW_CPU_: 'AMD_SEV HYPERTHREADING',
  HW_CPU_PPC64LE_: 'POWER8 POWER9',
  HW_CPU_X86_:
    '3DNOW ABM AESNI AMD_IBPB AMD_NO_SSB AMD_SEV AMD_SEV_ES AMD_SEV_SNP AMD_SSBD AMD_SVM AMD_VIRT_SSBD ' +
    'AMXBF16 AMXINT8 AMXTILE ASF AVX AVX2 AVX512BITALG AVX512BW AVX512CD AVX512DQ AVX512ER AVX512F ' +
    'AVX512GFNI AVX512IFMA AVX512PF AVX512VAES AVX512VBMI AVX512VBMI2 AVX512VL AVX512VNNI ' +
    'AVX512VPCLMULQDQ AVX512VPOPCNTDQ BMI BMI2 CLMUL F16C FMA3 FMA4 INTEL_MD_CLEAR INTEL_PCID ' +
    'INTEL_SPEC_CTRL INTEL_SSBD INTEL_TDX INTEL_VMX MMX MPX PDPE1GB SGX SHA SSE SSE2 SSE3 SSE41 SSE42 ' +
    'SSE4A SSSE3 STIBP SVM TBM TSX VMX XOP',
  HW_GPU_API_:
    'DIRECT2D DIRECT3D_V10_0 DIRECT3D_V10_1 DIRECT3D_V11_0 DIRECT3D_V11_1 DIRECT3D_V11_2 DIRECT3D_V11_3 ' +
    'DIRECT3D_V12_0 DIRECT3D_V6_0 DIRECT3D_V7_0 DIRECT3D_V8_0 DIRECT3D_V8_1 DIRECT3D_V9_0 DIRECT3D_V9_0B ' +
    'DIRECT3D_V9_0C DIRECT3D_V9_0L DIRECTX_V10 DIRECTX_V11 DIRECTX_V12 DXVA OPENCL_V1_0 OPENCL_V1_1 ' +
    'OPENCL_V1_2 OPENCL_V2_0 OPENCL_V2_1 OPENCL_V2_2 OPENGL_V1_1 OPENGL_V1_2 OPENGL_V1_3 OPENGL_V1_4 ' +
    'OPENGL_V1_5 OPENGL_V2_0 OPENGL_V2_1 OPENGL_V3_0 OPENGL_V3_1 OPENGL_V3_2 OPENGL_V3_3 OPENGL_V4_0 ' +
    'OPENGL_V4_1 OPENGL_V4_2 OPENGL_V4_3 OPENGL_V4_4 OPENGL_V4_5 VULKAN',
  HW_GPU_CUDA_:
    'COMPUTE_CAPABILITY_V1_0 COMPUTE_CAPABILITY_V1_1 COMPUTE_CAPABILITY_V1_2 COMPUTE_CAPABILITY_V1_3 ' +
    'COMPUTE_CAPABILITY_V2_0 COMPUTE_CAPABILITY_V2_1 COMPUTE_CAPABILITY_V3_0 COMPUTE_CAPABILITY_V3_2 ' +
    'COMPUTE_CAPABILITY_V3_5 COMPUTE_CAPABILITY_V3_7 COMPUTE_CAPABILITY_V5_0 COMPUTE_CAPABILITY_V5_2 ' +
    'COMPUTE_CAPABILITY_V5_3 COMPUTE_CAPABILITY_V6_0 COMPUTE_CAPABILITY_V6_1 COMPUTE_CAPABILITY_V6_2 ' +
    'COMPUTE_CAPABILITY_V7_0 COMPUTE_CAPABILITY_V7_1 COMPUTE_CAPABILITY_V7_2 SDK_V10_0 SDK_V6_5 SDK_V7_5 ' +
    'SDK_V8_0 SDK_V9_0 SDK_V9_1 SDK_V9_2',
  HW_GPU_: 'MAX_DISPLAY_HEADS_1 MAX_DISPLAY_HEADS_2 MAX_DISPLAY_HEADS_4 MAX_DISPLAY_HEADS_6 MAX_DISPLAY_HEADS_8',
  HW_GPU_RESOLUTION_:
    'W1024H600 W1024H768 W1152H864 W1280H1024 W1280H720 W1280H768 W1280H800 W1360H768 W1366H768 W1440H900 ' +
    'W1600H1200 W1600H900 W1680H1050 W1920H1080 W1920H1200 W2560H1440 W2560H1600 W320H240 W3840H2160 ' +
    'W640H480 W7680H4320 W800H600',
  HW_NIC_ACCEL_: 'DEFLATE DIFFIEH ECC IPSEC LZS RSA SSL TLS',
  HW_NIC_:
    'DCB_ETS DCB_PFC DCB_QCN MULTIQUEUE PROGRAMMABLE_PIPELINE SRIOV SRIOV_MULTIQUEUE SRIOV_QOS_RX ' +
    'SRIOV_QOS_TX SRIOV_TRUSTED VMDQ',
  HW_NIC_OFFLOAD_:
    'FDF GENEVE GRE GRO GSO L2CRC LRO LSO QINQ RDMA RX RXHASH RXVLAN SCS SG SWITCHDEV TCS TSO TX TXUDP ' +
    'TXVLAN UCS UFO VXLAN',
  MISC_: 'SHARES_VIA_AGGREGATE',
  OWNER_: 'CYBORG NOVA',
  STORAGE_: 'DISK_HDD DISK_SSD',
};

const STANDARD_TRAITS: readonly string[] = Object.entries(TRAITS).flatMap(([prefix, names]) =>
  names.split(' ').map((name) => `${prefix}${name}`),
);

/** The permitted values of an extra spec. */
export type SpecValue =
  | {
      readonly type: 'text';
      /** The pattern as nova's messages show it. */
      readonly pattern?: string;
      /**
       * An equivalent pattern without nova's nested repetitions, which take exponential time here. @default the pattern
       */
      readonly form?: string;
      readonly oneOf?: readonly string[];
    }
  | { readonly type: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' };

/** An extra spec that nova knows. */
export interface ExtraSpec {
  /** With `{parameter}` for each variable part. */
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
