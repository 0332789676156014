import type { PortData } from '#libs/contracts';
import type { DriverOperation, GuestDescription } from '../drivers/virt-driver.js';
import { reachStep } from '../store/index.js';
import { UEFI_VARIABLES } from './command-line.js';
import { writeConfigDrive } from './config-drive.js';
import { GuestError } from './guest.errors.js';
import type { GuestFolder, GuestRecord } from './guest-folder.js';
import { guestHardware, isTrue } from './hardware.js';
import type { OpenHost } from './open-host.js';

/** The options for config drives. */
interface DriveSettings {
  readonly forceConfigDrive: boolean;
  readonly mkisofs: string;
}

/** A guest to be created. */
interface NewGuest {
  readonly folder: GuestFolder;
  readonly guest: GuestDescription;
  readonly ports: readonly PortData[];
}

/**
 * Creates the disks, kernel and config drive of a new guest; starts again from the beginning if a build was
 * interrupted.
 */
export async function buildGuest(
  host: OpenHost,
  { forceConfigDrive, mkisofs }: DriveSettings,
  { folder, guest, ports }: NewGuest,
  { signal }: DriverOperation,
): Promise<GuestRecord> {
  const { disks, network, sources, tool, firmware } = host;
  const hardware = guestHardware(guest.imageProperties, guest.flavor);
  const begun: GuestRecord = {
    version: 1,
    id: guest.id,
    instanceName: guest.instanceName,
    displayName: guest.displayName,
    hostname: guest.hostname,
    host: guest.host,
    lastTask: null,
    isBuilt: false,
    imageRef: guest.imageRef,
    imageProperties: guest.imageProperties,
    flavor: guest.flavor,
    disks: [],
    kernel: null,
    ports,
    networkLevel: network.level,
    plugged: [],
    launcher: [],
    wantsToRun: false,
    isSuspended: false,
    rescue: null,
    isMovedOut: false,
    diskBeforeResize: null,
    bootId: null,
  };
  // From here on, a sweep knows to which server the folder belongs.
  await folder.write(begun);
  reachStep('guest.step', 'spawn.folder');
  const made = await disks.make(folder, guest, signal);
  const kernel = await disks.kernel(guest.imageProperties, signal);
  if (hardware.firmware === 'uefi') {
    if (firmware === undefined) {
      const text =
        "Requested hardware 'hw_firmware_type = uefi' is not supported by the 'qemu' virt driver: the host has no OVMF";
      throw new GuestError('UnsupportedHardware', text);
    }
    await tool.convert(firmware.variables, 'raw', folder.file(UEFI_VARIABLES), 'qcow2');
  }
  const wantsDrive =
    guest.configDrive || forceConfigDrive || !network.hasMetadata || isTrue(guest.imageProperties['img_config_drive']);
  const metadata = wantsDrive ? await sources.metadata(guest.id) : undefined;
  const drive = metadata === undefined ? [] : [await writeConfigDrive(folder, metadata, { mkisofs, tool })];
  reachStep('guest.step', 'spawn.disks');
  return { ...begun, disks: [...made, ...drive], kernel, isBuilt: true };
}
