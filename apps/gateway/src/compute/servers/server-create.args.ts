import type { RequestedNetwork, ServerCreateArgs, BlockDeviceArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { shortAddress } from './addresses.view.js';
import type { ServerCreate, ServerCreateBody } from './server-create.dto.js';
import type { BlockDevice, LegacyBlockDevice } from './block-device.dto.js';

const SWAP_OR_EPHEMERAL = /^(swap|ephemeral(\d|[1-9]\d+))$/;
/** The device of an image's disk, if the request names no other. */
const ROOT = 'vda';

const invalid = (details: string): Fault =>
  new Fault(400, `Block Device Mapping is Invalid: ${details}`, { code: 'InvalidInput' });

/**
 * The disks of a create in the single form of the bus; undefined if the request names none. Throws Fault 400 for an
 * invalid disk, with nova's texts.
 */
function blockDevicesOf(server: ServerCreate): BlockDeviceArgs[] | undefined {
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

/**
 * nova's BlockDeviceDict.from_api. A device with `no_device` removes one that the image would provide, and is not a
 * disk.
 */
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

/** nova's from_legacy_mapping: boots from the device with the root's name, otherwise from the image. */
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

const bad = (message: string): Fault => new Fault(400, message, { code: 'InvalidInput' });

/** The image of a server; it may only be absent for a server with disks of its own. */
function imageOf(server: ServerCreate): string {
  const { imageRef = '', block_device_mapping_v2: devices = [], block_device_mapping: legacy = [] } = server;
  if (imageRef === '' && devices.length === 0 && legacy.length === 0) throw bad('Missing imageRef attribute');
  return imageRef;
}

function networksOf(server: ServerCreate, version: number): Pick<ServerCreateArgs, 'network_mode' | 'networks'> {
  const { networks } = server;
  if (networks === undefined) {
    if (version >= 37) throw bad("Invalid input for field/attribute server. 'networks' is a required property");
    // Before 2.37: any network of the project, or none.
    return { network_mode: 'list', networks: [] };
  }
  if (typeof networks === 'string') {
    if (version < 37) throw bad(`Invalid input for field/attribute networks. '${networks}' is not of type 'array'`);
    if (networks !== 'auto' && networks !== 'none') {
      throw bad("Invalid input for field/attribute networks. Expected a list, 'auto' or 'none'");
    }
    return { network_mode: networks, networks: [] };
  }
  if (networks.length === 0) return { network_mode: 'list', networks: [] };
  const list = networks.map((choice): RequestedNetwork => {
    const port = choice.port ?? undefined;
    if (choice.uuid === undefined && port === undefined) {
      throw bad("Bad network format: missing 'uuid'");
    }
    if (port !== undefined && choice.fixed_ip !== undefined) {
      throw bad(
        `Specified Fixed IP '${choice.fixed_ip}' cannot be used with port '${port}': the two cannot be specified together.`,
      );
    }
    const { uuid, fixed_ip: fixedIp, tag } = choice;
    return {
      ...(uuid === undefined ? {} : { uuid }),
      ...(port === undefined ? {} : { port }),
      ...(fixedIp === undefined ? {} : { fixed_ip: fixedIp }),
      ...(tag === undefined ? {} : { tag }),
    };
  });
  return { network_mode: 'list', networks: list };
}

function countsOf(
  server: ServerCreate,
  networks: readonly RequestedNetwork[],
): { min_count: number; max_count: number } {
  const min = server.min_count ?? 1;
  const max = server.max_count ?? min;
  if (min > max) throw bad('min_count must be <= max_count');
  if (max > 1000)
    throw bad(`Invalid input for field/attribute max_count. Value: ${max}. ${max} is greater than the maximum of 1000`);
  if (max > 1 && networks.some((network) => network.fixed_ip !== undefined)) {
    throw bad(
      'Invalid fixed IP for multiple instances: max_count cannot be greater than 1 if an fixed_ip is specified.',
    );
  }
  if (max > 1 && networks.some((network) => network.port !== undefined)) {
    throw bad('Port id could not be specified when booting multiple instances.');
  }
  return { min_count: min, max_count: max };
}

/** Converts `AUTO` or `MANUAL` to whether the disk is grown; absent stays absent. */
export function diskConfigOf(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'AUTO';
}

/** The bus's arguments of a create in microversion 2.`version`. Throws Fault 400 for an impossible request. */
export function serverCreateArgs(body: ServerCreateBody, version: number): ServerCreateArgs {
  const { server } = body;
  const network = networksOf(server, version);
  const present: Record<string, unknown> = {
    auto_disk_config: diskConfigOf(server['OS-DCF:diskConfig']),
    tags: server.tags,
    trusted_image_certificates: server.trusted_image_certificates,
    scheduler_hints: body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'],
    personality: server.personality,
    block_devices: blockDevicesOf(server),
    host: server.host,
    hypervisor_hostname: server.hypervisor_hostname,
    description: server.description,
    hostname: server.hostname,
    key_name: server.key_name ?? undefined,
    metadata: server.metadata,
    user_data: server.user_data?.replace(/[\r\n]/g, ''),
    availability_zone: server.availability_zone,
    config_drive: server.config_drive,
    security_groups: server.security_groups?.map((group) => group.name),
    access_ip_v4: server.accessIPv4,
    access_ip_v6: server.accessIPv6 === undefined ? undefined : shortAddress(server.accessIPv6),
  };
  return {
    name: server.name,
    image_ref: imageOf(server),
    flavor_ref: server.flavorRef,
    ...network,
    ...countsOf(server, network.networks),
    ...Object.fromEntries(Object.entries(present).filter(([, value]) => value !== undefined)),
  };
}
