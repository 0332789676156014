import type { FlavorData } from '#libs/contracts';
import { GuestError } from './guest.errors.js';

/** The hardware of a guest, as its image's properties and its flavor's extra specs request it. */
export interface GuestHardware {
  readonly machine: 'pc' | 'q35';
  readonly firmware: 'bios' | 'uefi';
  readonly diskBus: DiskBus;
  readonly cdromBus: DiskBus;
  /** The QEMU device of every NIC. */
  readonly nicDevice: string;
  /** The QEMU device of the screen; null: none, and no VNC. */
  readonly videoDevice: string | null;
  readonly hasRng: boolean;
  readonly hasGuestAgent: boolean;
  readonly hasTablet: boolean;
  /** The action of a guest's watchdog when it expires; null: no watchdog. */
  readonly watchdog: 'reset' | 'poweroff' | 'pause' | 'none' | null;
  readonly topology: { readonly sockets: number; readonly cores: number; readonly threads: number };
  readonly clock: 'utc' | 'localtime';
  readonly hasBootMenu: boolean;
}

const DISK_BUSES = ['virtio', 'scsi', 'ide', 'sata', 'usb'] as const;
export type DiskBus = (typeof DISK_BUSES)[number];

/** QEMU's devices for nova's hw_vif_model. */
const NICS: Readonly<Record<string, string>> = {
  virtio: 'virtio-net-pci',
  e1000: 'e1000',
  e1000e: 'e1000e',
  rtl8139: 'rtl8139',
  ne2k_pci: 'ne2k_pci',
  pcnet: 'pcnet',
  vmxnet3: 'vmxnet3',
};

/** QEMU's devices for nova's hw_video_model. */
const SCREENS: Readonly<Record<string, string | null>> = {
  vga: 'VGA',
  cirrus: 'cirrus-vga',
  virtio: 'virtio-vga',
  bochs: 'bochs-display',
  qxl: 'qxl-vga',
  vmvga: 'vmware-svga',
  none: null,
};

const WATCHDOGS = ['reset', 'poweroff', 'pause', 'none'] as const;

/** Reads properties of an image (`hw_disk_bus` …) and extra specs (`hw:…`). Throws GuestError UnsupportedHardware. */
export function guestHardware(properties: Readonly<Record<string, unknown>>, flavor: FlavorData): GuestHardware {
  const text = (name: string): string | undefined => {
    const value = properties[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const spec = (name: string): string | undefined => flavor.extra_specs[name];
  const choose = <T extends string>(name: string, value: string, known: readonly T[]): T => {
    const found = known.find((each) => each === value);
    if (found === undefined) throw unsupported(`${name} = ${value}`);
    return found;
  };
  const machine = machineOf(text('hw_machine_type'), text('hw_architecture'));
  const watchdog = text('hw_watchdog_action') ?? spec('hw:watchdog_action');
  const isWindows = text('os_type') === 'windows';
  const rngAllowed = spec('hw_rng:allowed');
  return {
    machine,
    firmware: choose('hw_firmware_type', text('hw_firmware_type') ?? 'bios', ['bios', 'uefi']),
    diskBus: choose('hw_disk_bus', text('hw_disk_bus') ?? 'virtio', DISK_BUSES),
    cdromBus: choose('hw_cdrom_bus', text('hw_cdrom_bus') ?? (machine === 'q35' ? 'sata' : 'ide'), DISK_BUSES),
    nicDevice: lookUp(NICS, 'hw_vif_model', text('hw_vif_model') ?? 'virtio'),
    videoDevice: lookUp(SCREENS, 'hw_video_model', text('hw_video_model') ?? 'vga'),
    hasRng: rngAllowed === undefined || isTrue(rngAllowed),
    hasGuestAgent: isTrue(text('hw_qemu_guest_agent')),
    hasTablet: (text('hw_pointer_model') ?? 'usbtablet') === 'usbtablet',
    watchdog:
      watchdog === undefined || watchdog === 'disabled' ? null : choose('hw_watchdog_action', watchdog, WATCHDOGS),
    topology: topologyOf(flavor.vcpus, (name) => spec(`hw:cpu_${name}`) ?? text(`hw_cpu_${name}`)),
    clock: isWindows ? 'localtime' : 'utc',
    hasBootMenu: isTrue(text('hw_boot_menu') ?? spec('hw:boot_menu')),
  };
}

function machineOf(type: string | undefined, architecture: string | undefined): 'pc' | 'q35' {
  if (architecture !== undefined && !['x86_64', 'amd64'].includes(architecture)) {
    throw unsupported(`hw_architecture = ${architecture}`);
  }
  if (type === undefined || type === 'pc' || type.startsWith('pc-i440fx')) return 'pc';
  if (type === 'q35' || type.startsWith('pc-q35')) return 'q35';
  throw unsupported(`hw_machine_type = ${type}`);
}

/**
 * One socket per CPU unless cores or threads are requested, as in nova; a topology that does not divide evenly is
 * ignored.
 */
function topologyOf(vcpus: number, wanted: (name: string) => string | undefined): GuestHardware['topology'] {
  const number = (name: string): number | undefined => {
    const value = Number(wanted(name));
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const [sockets, cores, threads] = [number('sockets'), number('cores'), number('threads') ?? 1];
  const perSocket = cores ?? (sockets === undefined ? 1 : Math.max(1, Math.floor(vcpus / sockets / threads)));
  const count = sockets ?? Math.floor(vcpus / perSocket / threads);
  return count * perSocket * threads === vcpus
    ? { sockets: count, cores: perSocket, threads }
    : { sockets: vcpus, cores: 1, threads: 1 };
}

function lookUp<T>(known: Readonly<Record<string, T>>, name: string, value: string): T {
  if (!Object.hasOwn(known, value)) throw unsupported(`${name} = ${value}`);
  return known[value] as T;
}

function unsupported(model: string): GuestError {
  return new GuestError(
    'UnsupportedHardware',
    `Requested hardware '${model}' is not supported by the 'qemu' virt driver`,
  );
}

/** oslo.utils' strutils.bool_from_string. */
export function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['1', 't', 'true', 'on', 'y', 'yes'].includes(value.trim().toLowerCase());
}
