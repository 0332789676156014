import type { Insertable } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { BlockDeviceArgs, FlavorData, ServerCreateArgs } from '#libs/contracts';
import type { BlockDeviceMappingsTable } from '../../store/tables/server.tables.js';

const DISK_BUSES = ['fdc', 'ide', 'sata', 'scsi', 'usb', 'virtio', 'xen', 'lxc', 'uml'];
/** nova's [DEFAULT] max_local_block_devices. */
const MAX_LOCAL = 3;

/** A disk of a new server, without the server's id. */
export type ServerDisk = Omit<Insertable<BlockDeviceMappingsTable>, 'instance_id'>;

const invalid = (text: string): ExpectedError => new ExpectedError('InvalidInput', text);

/**
 * The disks of new servers: the requested ones, or the image; plus the disks of the flavor that the request does not
 * name. There is no volume service, so every volume is treated as one that nova could not get. Errors: InvalidInput,
 * with nova's texts.
 */
export function serverDisks(args: ServerCreateArgs, flavor: FlavorData): ServerDisk[] {
  const { block_devices: asked, image_ref: image } = args;
  const root: BlockDeviceArgs = {
    source_type: 'image',
    destination_type: 'local',
    uuid: image,
    boot_index: 0,
    delete_on_termination: true,
    device_type: 'disk',
  };
  const devices = asked ?? (image === '' ? [] : [root]);
  requireNoVolumes(args, devices);
  const all = [...devices, ...flavorDisks(flavor, devices)];
  if (asked !== undefined) check(all, flavor);
  return all.map((device) => ({
    source_type: device.source_type === 'image' ? ('image' as const) : ('blank' as const),
    destination_type: 'local' as const,
    boot_index: device.boot_index ?? null,
    device_name: device.boot_index === 0 ? '/dev/vda' : nameOf(device),
    device_type: device.device_type ?? null,
    disk_bus: device.disk_bus ?? null,
    guest_format: device.guest_format ?? null,
    image_id: device.source_type === 'image' ? (device.uuid ?? null) : null,
    volume_size: device.volume_size ?? null,
    delete_on_termination: device.delete_on_termination,
    tag: device.tag ?? null,
  }));
}

function nameOf({ device_name: name }: BlockDeviceArgs): string | null {
  if (name === undefined) return null;
  return name.startsWith('/dev/') ? name : `/dev/${name}`;
}

const isSwap = (device: BlockDeviceArgs): boolean =>
  device.source_type === 'blank' && device.destination_type === 'local' && device.guest_format === 'swap';
const isEphemeral = (device: BlockDeviceArgs): boolean =>
  device.source_type === 'blank' && device.destination_type === 'local' && device.guest_format !== 'swap';

function flavorDisks(flavor: FlavorData, devices: readonly BlockDeviceArgs[]): BlockDeviceArgs[] {
  const blank = {
    source_type: 'blank',
    destination_type: 'local',
    boot_index: -1,
    delete_on_termination: true,
    device_type: 'disk',
  } as const;
  return [
    ...(flavor.ephemeral > 0 && !devices.some(isEphemeral) ? [{ ...blank, volume_size: flavor.ephemeral }] : []),
    ...(flavor.swap > 0 && !devices.some(isSwap) ? [{ ...blank, volume_size: flavor.swap, guest_format: 'swap' }] : []),
  ];
}

function requireNoVolumes(
  { image_ref: image, max_count: max }: ServerCreateArgs,
  devices: readonly BlockDeviceArgs[],
): void {
  const volumes = devices.filter(({ destination_type: destination }) => destination === 'volume');
  if (image !== '' && volumes.some((device) => nameOf(device) === '/dev/vda')) {
    throw invalid('The volume cannot be assigned the same device name as the root device vda');
  }
  if (max > 1 && volumes.some(({ source_type: source }) => source === 'volume')) {
    throw invalid('Cannot attach one or more volumes to multiple instances');
  }
  const [first] = volumes;
  if (first === undefined) return;
  const { source_type: source, uuid = '', volume_size: size = 0 } = first;
  if (source === 'volume' || source === 'snapshot') {
    throw invalid(`Block Device Mapping is Invalid: failed to get ${source} ${uuid}.`);
  }
  if (source === 'image' && size === 0) {
    throw invalid("Images with destination_type 'volume' need to have a non-zero size specified");
  }
  if (source === 'blank' && size === 0) {
    throw invalid("Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size");
  }
  throw invalid('Block Device Mapping is Invalid: this cloud has no volume service.');
}

/** nova's _validate_bdm. */
function check(devices: readonly BlockDeviceArgs[], flavor: FlavorData): void {
  const indexes = devices
    .map(({ boot_index: index }) => index ?? -1)
    .filter((index) => index >= 0)
    .toSorted((a, b) => a - b);
  if (indexes.length === 0 || indexes.some((index, at) => index !== at)) {
    const text =
      'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.';
    throw invalid(text);
  }
  const bus = devices.find(({ disk_bus: each }) => each !== undefined && !DISK_BUSES.includes(each));
  if (bus !== undefined) throw invalid('Block Device Mapping is Invalid.');
  const ephemeral = devices.filter(isEphemeral);
  const total = ephemeral.reduce((sum, { volume_size: size }) => sum + (size || flavor.ephemeral), 0);
  if (total > flavor.ephemeral) {
    const text =
      'Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device ' +
      'mapping, flavor ephemeral size will be used.';
    throw invalid(text);
  }
  const swaps = devices.filter(isSwap);
  if (swaps.length > 1) throw invalid('Block Device Mapping is Invalid: More than one swap drive requested.');
  if ((swaps[0]?.volume_size ?? 0) > flavor.swap) {
    throw invalid('Swap drive requested is larger than instance type allows.');
  }
  if (devices.length > MAX_LOCAL) {
    throw invalid('Block Device Mapping is Invalid: You specified more local devices than the limit allows');
  }
}
