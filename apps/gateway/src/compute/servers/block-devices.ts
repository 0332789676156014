import type { BlockDeviceArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import type { BlockDevice, LegacyBlockDevice } from './block-device.dto.js';
import type { ServerCreate } from './server-create.dto.js';

const SWAP_OR_EPHEMERAL = /^(swap|ephemeral(\d|[1-9]\d+))$/;
/** The disk that an image becomes, where the request names no other. */
const ROOT = 'vda';

const invalid = (details: string): Fault =>
  new Fault(400, `Block Device Mapping is Invalid: ${details}`, { code: 'InvalidInput' });

/**
 * The disks of a create in the one form of the bus; undefined where the request names none. Throws Fault 400 for what is
 * no disk, with nova's texts.
 */
export function blockDevicesOf(server: ServerCreate): BlockDeviceArgs[] | undefined {
  const { imageRef = '', block_device_mapping: legacy = [], block_device_mapping_v2: devices = [] } = server;
  if (legacy.length > 0 && devices.length > 0) {
    throw new Fault(400, 'Using different block_device_mapping syntaxes is not allowed in the same request.', {
      code: 'InvalidInput',
    });
  }
  if (legacy.length > 0) return fromLegacy(legacy, imageRef);
  if (devices.length > 0) return devices.flatMap((device) => fromSecond(device, imageRef !== ''));
  return undefined;
}

/** nova's BlockDeviceDict.from_api. One with `no_device` takes away what an image would give, and is no disk. */
function fromSecond(device: BlockDevice, hasImage: boolean): BlockDeviceArgs[] {
  const { source_type: source, destination_type: destination, uuid, volume_type: volumeType, no_device: none } = device;
  if (none !== undefined && none !== null && none !== false && none !== '') return [];
  if (device.virtual_name !== undefined) throw invalid('Following fields are invalid: virtual_name');
  if (source === undefined)
    throw invalid(uuid === undefined ? 'Missing device UUID.' : 'Some required fields are missing');
  if (source === 'blank' && uuid !== undefined) throw invalid('Invalid device UUID.');
  if (source !== 'blank' && uuid === undefined) throw invalid('Missing device UUID.');
  if (source === 'image' && destination === 'local' && !(hasImage && (device.boot_index ?? -1) === 0)) {
    throw invalid('Mapping image to local is not supported.');
  }
  if (destination === 'local' && volumeType) {
    throw invalid('Specifying a volume_type with destination_type=local is not supported.');
  }
  if (source === 'volume' && volumeType) {
    throw invalid('Specifying volume type to existing volume is not supported.');
  }
  const isVolume = source === 'volume' || source === 'snapshot';
  return [
    withPresent(
      {
        source_type: source,
        destination_type: destination ?? (isVolume ? 'volume' : 'local'),
        delete_on_termination: device.delete_on_termination ?? false,
      },
      {
        uuid,
        boot_index: device.boot_index,
        volume_size: device.volume_size,
        device_name: device.device_name,
        device_type: device.device_type,
        disk_bus: device.disk_bus,
        guest_format: device.guest_format,
        tag: device.tag,
        volume_type: volumeType ?? undefined,
      },
    ),
  ];
}

/** nova's from_legacy_mapping: the device with the root's name is booted from, else the image. */
function fromLegacy(devices: readonly LegacyBlockDevice[], imageRef: string): BlockDeviceArgs[] {
  const made = devices.flatMap((device): BlockDeviceArgs[] => {
    const { virtual_name: name = '', volume_id: volume, snapshot_id: snapshot, device_name: deviceName } = device;
    const { volume_size: size, no_device: none } = device;
    const shared = { volume_size: size, device_name: deviceName };
    if (SWAP_OR_EPHEMERAL.test(name)) {
      const guestFormat = name === 'swap' ? name : undefined;
      const blank = { source_type: 'blank', destination_type: 'local', delete_on_termination: true } as const;
      return [withPresent(blank, { ...shared, boot_index: -1, guest_format: guestFormat })];
    }
    const isRoot = deviceName?.replace(/^\/dev\//, '') === ROOT;
    const more = { ...shared, boot_index: isRoot ? 0 : -1 };
    const kept = { destination_type: 'volume', delete_on_termination: device.delete_on_termination ?? false } as const;
    if (snapshot !== undefined) return [withPresent({ ...kept, source_type: 'snapshot' }, { ...more, uuid: snapshot })];
    if (volume !== undefined) return [withPresent({ ...kept, source_type: 'volume' }, { ...more, uuid: volume })];
    if (none !== undefined && none !== null && none !== false && none !== '') return [];
    throw invalid('Unrecognized legacy format.');
  });
  if (imageRef === '' || made.some((device) => device.boot_index === 0)) return made;
  const image = { source_type: 'image', destination_type: 'local', uuid: imageRef, boot_index: 0 } as const;
  return [{ ...image, delete_on_termination: true, device_type: 'disk' }, ...made];
}

function withPresent(
  device: Pick<BlockDeviceArgs, 'source_type' | 'destination_type' | 'delete_on_termination'>,
  optional: Readonly<Record<string, unknown>>,
): BlockDeviceArgs {
  return { ...device, ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) };
}
