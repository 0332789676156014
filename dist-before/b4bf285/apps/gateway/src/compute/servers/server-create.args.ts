import type { RequestedNetwork, ServerCreateArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import type { BlockDevice, ServerCreate, ServerCreateBody } from './server-create.dto.js';

const bad = (message: string): Fault => new Fault(400, message, { code: 'InvalidInput' });
const NO_VOLUMES =
  'Block device mapping: this cloud has no block storage; only a mapping that boots the image (source_type image, ' +
  'destination_type local, boot_index 0) is taken';

/** What this cloud does not do is refused by name, and not dropped. */
function refuseUnsupported(server: ServerCreate, body: ServerCreateBody): void {
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {};
  const asked: Readonly<Record<string, boolean>> = {
    'scheduler hints': Object.keys(hints).length > 0,
    personality: (server.personality?.length ?? 0) > 0,
    tags: (server.tags?.length ?? 0) > 0,
    trusted_image_certificates: (server.trusted_image_certificates?.length ?? 0) > 0,
    host: server.host !== undefined,
    hypervisor_hostname: server.hypervisor_hostname !== undefined,
    adminPass: server.adminPass !== undefined,
    'OS-DCF:diskConfig AUTO': server['OS-DCF:diskConfig'] === 'AUTO',
  };
  for (const [what, given] of Object.entries(asked)) {
    if (given) throw bad(`Invalid input for field/attribute server. ${what}: this cloud does not support it`);
  }
  if ((server.block_device_mapping?.length ?? 0) > 0) throw bad(NO_VOLUMES);
  // `default` is what every server is said to be in; a group with rules would be promised and not kept.
  const group = server.security_groups?.find(({ name }) => name !== 'default');
  if (group !== undefined) {
    throw bad(`Security group ${group.name} not found: this cloud has no security groups but the name 'default'`);
  }
}

function bootsImage(device: BlockDevice): boolean {
  const { source_type: source, destination_type: destination = 'local', boot_index: index = 0 } = device;
  return source === 'image' && destination === 'local' && (index === 0 || index === '0') && device.uuid !== undefined;
}

/** The image of a server: `imageRef`, or the one that a boot mapping names. */
function imageOf(server: ServerCreate): string {
  const devices = server.block_device_mapping_v2 ?? [];
  const [device] = devices;
  if (device === undefined) return server.imageRef ?? '';
  if (devices.length > 1 || !bootsImage(device) || device.uuid === undefined) throw bad(NO_VOLUMES);
  if (server.imageRef !== undefined && server.imageRef !== '' && server.imageRef !== device.uuid) {
    throw bad(
      'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
    );
  }
  return device.uuid;
}

function networksOf(server: ServerCreate, version: number): Pick<ServerCreateArgs, 'network_mode' | 'networks'> {
  const { networks } = server;
  if (networks === undefined) {
    if (version >= 37) throw bad("Invalid input for field/attribute server. 'networks' is a required property");
    return { network_mode: 'auto', networks: [] };
  }
  if (typeof networks === 'string') {
    if (version < 37) throw bad(`Invalid input for field/attribute networks. '${networks}' is not of type 'array'`);
    if (networks !== 'auto' && networks !== 'none') {
      throw bad("Invalid input for field/attribute networks. Expected a list, 'auto' or 'none'");
    }
    return { network_mode: networks, networks: [] };
  }
  if (networks.length === 0) return { network_mode: 'auto', networks: [] };
  const list = networks.map((choice): RequestedNetwork => {
    if (choice.uuid === undefined && choice.port === undefined) {
      throw bad("Bad network format: missing 'uuid'");
    }
    if (choice.port !== undefined && choice.fixed_ip !== undefined) {
      throw bad(
        `Specified Fixed IP '${choice.fixed_ip}' cannot be used with port '${choice.port}': the two cannot be specified together.`,
      );
    }
    const { uuid, port, fixed_ip: fixedIp, tag } = choice;
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

/** The bus's arguments of a create in microversion 2.`version`. Throws Fault 400 for what cannot be done. */
export function serverCreateArgs(body: ServerCreateBody, version: number): ServerCreateArgs {
  const { server } = body;
  refuseUnsupported(server, body);
  if (server.hostname !== undefined && version < 94 && !/^[a-zA-Z0-9-]{1,63}$/.test(server.hostname)) {
    throw bad('Invalid input for field/attribute hostname. A host name has letters, digits and hyphens, at most 63');
  }
  const network = networksOf(server, version);
  const present: Record<string, unknown> = {
    description: server.description,
    hostname: server.hostname,
    key_name: server.key_name ?? undefined,
    metadata: server.metadata,
    user_data: server.user_data?.replace(/[\r\n]/g, ''),
    availability_zone: server.availability_zone,
    config_drive: server.config_drive,
    security_groups: server.security_groups?.map((group) => group.name),
    access_ip_v4: server.accessIPv4,
    access_ip_v6: server.accessIPv6,
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
