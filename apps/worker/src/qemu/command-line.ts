import type { DirectKernel, GuestDisk, GuestFolder, GuestRecord } from './guest-folder.js';
import { guestHardware } from './hardware.js';
import type { DiskBus, GuestHardware } from './hardware.js';
import { SPARE_PORTS, escapeComma, nicArguments } from './guest-nics.js';
import type { PluggedPort } from './guest-network.js';

/** Properties of the host that all its guests share. */
export interface GuestHost {
  readonly accelerator: 'kvm' | 'hvf' | 'tcg';
  /** MiB; for tcg. */
  readonly tcgCacheSize: number;
  readonly sandbox: boolean;
  /** Files of UEFI firmware: code, and a template of the variables; undefined if the host has none. */
  readonly firmware: { readonly code: string; readonly variables: string } | undefined;
  /** Albireo's version, which guests read in their SMBIOS. */
  readonly productVersion: string;
  /** Whether guests have a SPICE server beside their VNC server. */
  readonly spice: boolean;
}

/** The input for starting a guest. */
export interface GuestStart {
  readonly record: GuestRecord;
  readonly folder: GuestFolder;
  readonly plugged: readonly PluggedPort[];
  /** The snapshot of its state to resume from; null: it boots. */
  readonly resumeFrom: string | null;
}

/** The file of a UEFI guest's variables, in its folder. */
export const UEFI_VARIABLES = 'uefi-variables.qcow2';

/** QEMU's arguments for a guest, without the emulator itself. Throws GuestError UnsupportedHardware. */
export function guestArguments({ record, folder, plugged, resumeFrom }: GuestStart, host: GuestHost): string[] {
  const hardware = guestHardware(record.imageProperties, record.flavor);
  const disks = record.rescue === null ? record.disks : [record.rescue.disk, ...record.disks];
  const kernel = record.rescue === null ? record.kernel : record.rescue.kernel;
  return [
    ...machine(record, folder, hardware, host),
    ...smbios(record, host),
    ...firmware(hardware, folder, host),
    ...consoles(folder, hardware),
    ...(host.spice && hardware.videoDevice !== null ? spice(folder) : []),
    ...controllers(hardware, disks),
    ...disks.flatMap((disk, index) => diskArguments(disk, index, hardware)),
    ...devices(hardware, folder),
    ...plugged.flatMap((port, index) => nicArguments(port, index, hardware)),
    ...kernelArguments(kernel),
    ...(resumeFrom === null ? [] : ['-loadvm', resumeFrom]),
    ...(host.sandbox ? ['-sandbox', SANDBOX] : []),
  ];
}

const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

function machine(record: GuestRecord, folder: GuestFolder, hardware: GuestHardware, host: GuestHost): string[] {
  const { flavor } = record;
  const { sockets, cores, threads } = hardware.topology;
  const accelerator = host.accelerator === 'tcg' ? `tcg,tb-size=${host.tcgCacheSize}` : host.accelerator;
  return [
    '-name',
    `guest=${record.instanceName}`,
    '-uuid',
    record.id,
    '-pidfile',
    folder.pidFile,
    '-machine',
    `${hardware.machine},usb=off,dump-guest-core=off`,
    '-accel',
    accelerator,
    '-cpu',
    host.accelerator === 'tcg' ? 'max' : 'host',
    '-m',
    `${flavor.ram}M`,
    '-smp',
    `${flavor.vcpus},sockets=${sockets},cores=${cores},threads=${threads}`,
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-rtc',
    `base=${hardware.clock},driftfix=slew`,
    '-boot',
    `strict=on,menu=${hardware.hasBootMenu ? 'on' : 'off'}`,
    ...(host.accelerator === 'kvm' ? ['-global', 'kvm-pit.lost_tick_policy=delay'] : []),
  ];
}

/** As nova's libvirt driver: cloud-init finds its data source by it. */
function smbios(record: GuestRecord, host: GuestHost): string[] {
  const system = {
    manufacturer: 'OpenStack Foundation',
    product: 'OpenStack Nova',
    version: host.productVersion,
    serial: record.id,
    uuid: record.id,
    family: 'Virtual Machine',
  };
  const words = Object.entries(system).map(([key, value]) => `${key}=${escapeComma(value)}`);
  return ['-smbios', `type=1,${words.join(',')}`];
}

function firmware({ firmware: kind }: GuestHardware, folder: GuestFolder, host: GuestHost): string[] {
  if (kind !== 'uefi' || host.firmware === undefined) return [];
  return [
    '-drive',
    `if=pflash,unit=0,format=raw,readonly=on,file=${escapeComma(host.firmware.code)}`,
    '-drive',
    `if=pflash,unit=1,format=qcow2,file=${escapeComma(folder.file(UEFI_VARIABLES))}`,
  ];
}

function consoles(folder: GuestFolder, { videoDevice, hasTablet }: GuestHardware): string[] {
  const socket = (id: string, path: string): string => `socket,id=${id},path=${escapeComma(path)},server=on,wait=off`;
  const log = `logfile=${escapeComma(folder.consoleLog)},logappend=on`;
  return [
    '-chardev',
    socket('qmp', folder.qmp),
    '-mon',
    'chardev=qmp,mode=control',
    '-chardev',
    socket('events', folder.events),
    '-mon',
    'chardev=events,mode=control',
    '-chardev',
    `${socket('serial0', folder.serial)},${log}`,
    '-serial',
    'chardev:serial0',
    ...(videoDevice === null ? [] : ['-vnc', `unix:${escapeComma(folder.vnc)}`, '-device', videoDevice]),
    ...(hasTablet && videoDevice !== null ? ['-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet,bus=usb.0'] : []),
  ];
}

/** The agent's channel connects SPICE clients with the agent in the guest, as in nova's libvirt driver. */
function spice(folder: GuestFolder): string[] {
  return [
    '-spice',
    `unix=on,addr=${escapeComma(folder.spice)},disable-ticketing=on`,
    '-device',
    'virtio-serial-pci,id=spice-bus',
    '-chardev',
    'spicevmc,id=spice-agent,name=vdagent',
    '-device',
    'virtserialport,bus=spice-bus.0,chardev=spice-agent,name=com.redhat.spice.0',
  ];
}

function controllers(
  { diskBus, cdromBus, machine: type, hasTablet, videoDevice }: GuestHardware,
  disks: readonly GuestDisk[],
): string[] {
  const used = new Set<DiskBus>(disks.map((disk) => busOf(disk, { diskBus, cdromBus })));
  const hasUsb = hasTablet && videoDevice !== null;
  return [
    ...(used.has('scsi') ? ['-device', 'virtio-scsi-pci,id=scsi'] : []),
    ...(used.has('sata') && type === 'pc' ? ['-device', 'ich9-ahci,id=sata'] : []),
    ...(used.has('usb') && !hasUsb ? ['-device', 'qemu-xhci,id=usb'] : []),
    ...(type === 'q35'
      ? Array.from({ length: SPARE_PORTS }, (_, index) => [
          '-device',
          `pcie-root-port,id=spare${index},chassis=${index + 1},slot=${index + 1}`,
        ]).flat()
      : []),
  ];
}

function busOf(disk: GuestDisk, hardware: Pick<GuestHardware, 'diskBus' | 'cdromBus'>): DiskBus {
  if (disk.role === 'cdrom') return hardware.cdromBus;
  if (disk.role === 'config' && disk.format === 'raw') return hardware.cdromBus;
  return hardware.diskBus;
}

/** The node name of a disk in QMP commands. */
export const diskNode = (role: GuestDisk['role']): string => `disk-${role}`;

function diskArguments(disk: GuestDisk, index: number, hardware: GuestHardware): string[] {
  const node = diskNode(disk.role);
  const blockdev = {
    driver: disk.format,
    'node-name': node,
    'read-only': disk.readOnly,
    discard: 'unmap',
    file: { driver: 'file', filename: disk.path, aio: 'threads' },
  };
  const isCd = disk.role === 'cdrom' || (disk.role === 'config' && disk.format === 'raw');
  // A CD comes first if the server boots from it; a rescue disk comes first by its position.
  const boot = disk.role === 'config' ? '' : `,bootindex=${index + 1}`;
  const id = `drive=${node},id=device-${disk.role}${boot}`;
  return [
    '-blockdev',
    JSON.stringify(blockdev),
    '-device',
    `${deviceOf(busOf(disk, hardware), isCd, index, hardware)},${id}`,
  ];
}

function deviceOf(bus: DiskBus, isCd: boolean, index: number, { machine: type }: GuestHardware): string {
  const ahci = type === 'q35' ? 'ide' : 'sata';
  switch (bus) {
    case 'virtio':
      return 'virtio-blk-pci';
    case 'scsi':
      return `${isCd ? 'scsi-cd' : 'scsi-hd'},bus=scsi.0`;
    case 'usb':
      return 'usb-storage,bus=usb.0';
    case 'sata':
      return `${isCd ? 'ide-cd' : 'ide-hd'},bus=${ahci}.${index}`;
    case 'ide':
      return type === 'q35'
        ? `${isCd ? 'ide-cd' : 'ide-hd'},bus=ide.${index}`
        : `${isCd ? 'ide-cd' : 'ide-hd'},bus=ide.${Math.floor(index / 2) % 2},unit=${index % 2}`;
    default:
      return 'virtio-blk-pci';
  }
}

function devices({ hasRng, hasGuestAgent, watchdog }: GuestHardware, folder: GuestFolder): string[] {
  const agent = `socket,id=agent,path=${escapeComma(folder.file('agent.sock'))},server=on,wait=off`;
  return [
    '-device',
    'virtio-balloon-pci,id=balloon',
    ...(hasRng ? ['-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0'] : []),
    ...(hasGuestAgent
      ? [
          '-device',
          'virtio-serial-pci,id=serial-bus',
          '-chardev',
          agent,
          '-device',
          'virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
        ]
      : []),
    ...(watchdog === null ? [] : ['-device', 'i6300esb', '-action', `watchdog=${watchdog}`]),
  ];
}

function kernelArguments(kernel: DirectKernel | null): string[] {
  if (kernel === null) return [];
  return [
    '-kernel',
    kernel.kernel,
    '-append',
    kernel.commandLine,
    ...(kernel.ramdisk === null ? [] : ['-initrd', kernel.ramdisk]),
  ];
}
