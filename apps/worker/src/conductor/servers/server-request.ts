import { randomBytes, randomUUID } from 'node:crypto';
import type { Insertable } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FlavorData, ImageData, RequestedNetwork, ServerCreateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Selectable } from 'kysely';
import type { KeypairsTable } from '../../store/tables/compute.tables.js';
import type { InstancesTable, RequestSpec } from '../../store/tables/server.tables.js';
import type { ServerDisk } from './block-devices.js';

/** The request of a create, with all named objects looked up. */
export interface ServerRequest {
  readonly args: ServerCreateArgs;
  readonly flavor: FlavorData;
  readonly keypair: Selectable<KeypairsTable> | null;
  readonly networks: readonly RequestedNetwork[];
  readonly imageProperties: Readonly<Record<string, unknown>>;
  readonly spec: RequestSpec;
  readonly groupId: string | null;
  readonly disks: readonly ServerDisk[];
}

const GIB = 1_073_741_824;

/** Checks that the flavor is large enough for the image. Errors with nova's texts. */
export function checkImage(image: ImageData, flavor: FlavorData): void {
  if (image.status !== 'active') {
    throw new ExpectedError('ImageInvalid', `Image ${image.id} is unacceptable: Image is not active.`);
  }
  if (image.min_ram > flavor.ram) {
    throw new ExpectedError('FlavorInvalid', "Flavor's memory is too small for requested image.");
  }
  // 0 means a disk as large as the image.
  const root = flavor.disk * GIB;
  if (root > 0 && (image.size ?? 0) > root) {
    throw new ExpectedError(
      'FlavorInvalid',
      `Flavor's disk is too small for requested image. Flavor disk is ${root} bytes, image is ${image.size} bytes.`,
    );
  }
  if (flavor.disk > 0 && image.min_disk > flavor.disk) {
    throw new ExpectedError(
      'FlavorInvalid',
      "Flavor's disk is smaller than the minimum size specified in image metadata. " +
        `Flavor disk is ${root} bytes, minimum size is ${image.min_disk * GIB} bytes.`,
    );
  }
}

/** Error: InvalidInput if a property of the image forbids resizing its disk, and the request asks for it. */
export function requireResizable({ id, properties }: ImageData, autoDiskConfig: boolean | undefined): void {
  if (autoDiskConfig !== true || properties['auto_disk_config']?.trim().toLowerCase() !== 'disabled') return;
  throw new ExpectedError('InvalidInput', `Requested image ${id} has automatic disk resize disabled.`);
}

/** The image data that a server keeps. */
export function describedImage(image: ImageData): Readonly<Record<string, unknown>> {
  const { id, min_ram, min_disk, disk_format, container_format, properties } = image;
  return {
    ...properties,
    min_ram: String(min_ram),
    min_disk: String(min_disk),
    base_image_ref: id,
    disk_format,
    container_format,
  };
}

/** The rows of `count` new servers of one request. */
export function serverRows(
  context: RequestContext,
  request: ServerRequest,
  count: number,
): Insertable<InstancesTable>[] {
  const { args, flavor, keypair, networks, imageProperties, spec } = request;
  const reservationId = `r-${randomBytes(5).toString('hex').slice(0, 8)}`;
  return Array.from({ length: count }, (_, index) => {
    // nova numbers the names if several servers may be created.
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
      availability_zone: spec.availability_zone ?? null,
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
      // For older workers during a rollout, until the next release: they find the named groups only here.
      ...(args.security_groups !== undefined && { security_groups: JSON.stringify(args.security_groups) }),
      requested_networks: JSON.stringify(networks),
      auto_disk_config: args.auto_disk_config ?? isTrue(imageProperties['auto_disk_config']),
      tags: JSON.stringify([...new Set(args.tags ?? [])].toSorted()),
      trusted_certs: trustedCerts(args),
      injected_files: JSON.stringify(args.personality ?? []),
      image_properties: JSON.stringify(imageProperties),
      request_spec: JSON.stringify({
        ...spec,
        ...(count > 1 && { together: true }),
        security_groups: args.security_groups ?? ['default'],
      }),
      server_group_id: request.groupId,
    };
  });
}

function trustedCerts({ trusted_image_certificates: ids }: ServerCreateArgs): string | null {
  return ids === undefined || ids === null || ids.length === 0 ? null : JSON.stringify(ids);
}

/** Python's truth value of a property's text. */
function isTrue(value: unknown): boolean {
  return typeof value === 'string' && ['1', 't', 'true', 'on', 'y', 'yes'].includes(value.trim().toLowerCase());
}

function hostnameFor(args: ServerCreateArgs, name: string, id: string, index: number): string {
  if (args.hostname === undefined) return sanitizeHostname(name) || `Server-${id}`;
  return args.max_count > 1 ? `${args.hostname}-${index + 1}` : args.hostname;
}

/** nova.utils.sanitize_hostname: makes a host name from a display name; may be empty. */
export function sanitizeHostname(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[ _.]/g, '-')
    .replaceAll(/[^\w-]/g, '')
    .toLowerCase()
    .slice(0, 63)
    .replaceAll(/^[.-]+|[.-]+$/g, '');
}
