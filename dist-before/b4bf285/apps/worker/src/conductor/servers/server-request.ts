import { randomBytes, randomUUID } from 'node:crypto';
import type { Insertable } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FlavorData, ImageData, RequestedNetwork, ServerCreateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Selectable } from 'kysely';
import type { InstancesTable, KeypairsTable } from '../../store/tables/compute.tables.js';

/** What a create asks for, with all that it names looked up. */
export interface ServerRequest {
  readonly args: ServerCreateArgs;
  readonly flavor: FlavorData;
  readonly keypair: Selectable<KeypairsTable> | null;
  readonly networks: readonly RequestedNetwork[];
}

/** Whether the flavor is enough for the image. Errors with nova's texts. */
export function checkImage(image: ImageData, flavor: FlavorData): void {
  if (image.status !== 'active') {
    throw new ExpectedError('ImageInvalid', `Image ${image.id} is unacceptable: Image is not active.`);
  }
  if (image.min_ram > flavor.ram) {
    throw new ExpectedError('FlavorInvalid', "Flavor's memory is too small for requested image.");
  }
  if (flavor.disk > 0 && image.min_disk > flavor.disk) {
    throw new ExpectedError(
      'FlavorInvalid',
      "Flavor's disk is smaller than the minimum size specified in image metadata.",
    );
  }
}

/** The rows of `count` new servers of one request. */
export function serverRows(
  context: RequestContext,
  request: ServerRequest,
  count: number,
): Insertable<InstancesTable>[] {
  const { args, flavor, keypair, networks } = request;
  const reservationId = `r-${randomBytes(5).toString('hex').slice(0, 8)}`;
  return Array.from({ length: count }, (_, index) => {
    // nova numbers the names as soon as several may be made.
    const name = args.max_count > 1 ? `${args.name}-${index + 1}` : args.name;
    const id = randomUUID();
    return {
      id,
      name,
      description: args.description ?? null,
      hostname: hostnameFor(args, name, id, index),
      project_id: context.project_id ?? '',
      user_id: context.user_id ?? '',
      vm_state: 'building',
      task_state: 'scheduling',
      availability_zone: args.availability_zone ?? null,
      image_ref: args.image_ref,
      flavor: JSON.stringify(flavor),
      flavor_id: flavor.id,
      vcpus: flavor.vcpus,
      ram: flavor.ram,
      key_name: keypair?.name ?? null,
      public_key: keypair?.public_key ?? null,
      metadata: JSON.stringify(args.metadata ?? {}),
      config_drive: args.config_drive ?? false,
      user_data: args.user_data ?? null,
      access_ip_v4: args.access_ip_v4 ?? '',
      access_ip_v6: args.access_ip_v6 ?? '',
      launch_index: index,
      reservation_id: reservationId,
      root_device_name: '/dev/vda',
      security_groups: JSON.stringify(args.security_groups ?? ['default']),
      requested_networks: JSON.stringify(networks),
    };
  });
}

function hostnameFor(args: ServerCreateArgs, name: string, id: string, index: number): string {
  if (args.hostname === undefined) return sanitizeHostname(name) || `Server-${id}`;
  return args.max_count > 1 ? `${args.hostname}-${index + 1}` : args.hostname;
}

/** nova.utils.sanitize_hostname: what is left of a display name as a host name; may be empty. */
export function sanitizeHostname(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[ _.]/g, '-')
    .replaceAll(/[^\w-]/g, '')
    .toLowerCase()
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, '');
}
