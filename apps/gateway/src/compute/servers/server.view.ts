import { createHash } from 'node:crypto';
import type { FlavorData, ServerData } from '#libs/contracts';
import type { ResourceLinks } from '../resource-links.js';
import { toMicroseconds, toSeconds } from '../time-form.js';
import { addressesView } from './addresses.view.js';
import { statusOf } from './server-status.js';

/** The data of a view in addition to the server. */
export interface ServerViewContext {
  /** N of the microversion 2.N. */
  readonly version: number;
  readonly links: ResourceLinks;
  /** `os_compute_api:os-extended-server-attributes`: where the server runs, and its internals. */
  readonly showAttributes: boolean;
  /** Shows `details` of a fault. */
  readonly isAdmin: boolean;
  /** `os_compute_api:servers:show:flavor-extra-specs`. */
  readonly showExtraSpecs: boolean;
  /** State of a host; set if the caller may see it. */
  readonly hostStatus?: ((host: string | null) => string | undefined) | undefined;
  /** A single server also shows its groups (2.71). */
  readonly single: boolean;
}

const WITH_PROGRESS = new Set(['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING']);
const WITH_FAULT = new Set(['ERROR', 'DELETED']);

const MAX_HOST_IDS = 1000;
/** A list of a thousand servers has only a few pairs of project and host. */
const hostIds = new Map<string, string>();

/** Opaque name of a host, different for each project: sha224 of project id and host; empty before scheduling. */
export function hostIdOf(projectId: string, host: string | null): string {
  if (host === null) return '';
  const key = projectId + host;
  let id = hostIds.get(key);
  if (id === undefined) {
    id = createHash('sha224').update(key).digest('hex');
    if (hostIds.size >= MAX_HOST_IDS) hostIds.clear();
    hostIds.set(key, id);
  }
  return id;
}

/** nova's values for whether the disk is grown to the flavor's size. */
export function diskConfigView({ auto_disk_config: auto }: Pick<ServerData, 'auto_disk_config'>): 'AUTO' | 'MANUAL' {
  return auto ? 'AUTO' : 'MANUAL';
}

/** A server in a list without details. */
export function serverSummary(server: ServerData, links: ResourceLinks): Record<string, unknown> {
  return { id: server.id, name: server.name, links: links.both(`servers/${server.id}`) };
}

/** nova's view of a server, by the fields of each microversion up to 2.104. */
export function serverDetail(server: ServerData, view: ServerViewContext): Record<string, unknown> {
  const { version, links } = view;
  // One object that grows: spreading objects of this size is ten times as expensive.
  const body = basicFields(server, view);
  addExtensions(body, server);
  const groups = server.security_groups.map((name) => ({ name }));
  if (groups.length > 0) body['security_groups'] = groups;
  if (view.showAttributes) addAttributes(body, server, version);
  else if (version >= 90) body['OS-EXT-SRV-ATTR:hostname'] = server.hostname;
  if (version >= 9) body['locked'] = server.locked;
  const hostStatus = version >= 16 ? view.hostStatus?.(server.host) : undefined;
  if (hostStatus !== undefined) body['host_status'] = hostStatus;
  if (version >= 19) body['description'] = server.description;
  if (version >= 26) body['tags'] = server.tags;
  if (version >= 63) body['trusted_image_certificates'] = server.trusted_image_certificates;
  if (version >= 71 && view.single) body['server_groups'] = server.server_groups;
  if (version >= 73) body['locked_reason'] = server.locked_reason ?? null;
  if (version >= 96) body['pinned_availability_zone'] = server.pinned_availability_zone;
  if (version >= 100) body['scheduler_hints'] = server.scheduler_hints;
  body['links'] = links.both(`servers/${server.id}`);
  return body;
}

/** The response to an update before 2.75: the server without its extensions. */
export function serverAfterUpdate(server: ServerData, view: ServerViewContext): Record<string, unknown> {
  const body = basicFields(server, view);
  body['addresses'] = addressesView(server.addresses, false);
  body['OS-DCF:diskConfig'] = diskConfigView(server);
  body['links'] = view.links.both(`servers/${server.id}`);
  if (view.version >= 9) body['locked'] = server.locked;
  if (view.version >= 19) body['description'] = server.description;
  if (view.version >= 26) body['tags'] = server.tags;
  if (view.version >= 63) body['trusted_image_certificates'] = server.trusted_image_certificates;
  if (view.version >= 71) body['server_groups'] = server.server_groups;
  if (view.version >= 73) body['locked_reason'] = server.locked_reason ?? null;
  return body;
}

function basicFields(server: ServerData, view: ServerViewContext): Record<string, unknown> {
  const status = statusOf(server);
  const body: Record<string, unknown> = {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.project_id,
    user_id: server.user_id,
    metadata: server.metadata,
    hostId: hostIdOf(server.project_id, server.host),
    image: imageView(server, view),
    flavor: view.version >= 47 ? embeddedFlavor(server.flavor, view) : flavorReference(server.flavor, view.links),
    created: toSeconds(server.created_at),
    updated: toSeconds(server.updated_at),
    addresses: addressesView(server.addresses, true),
    accessIPv4: server.access_ip_v4,
    accessIPv6: server.access_ip_v6,
  };
  if (WITH_PROGRESS.has(status)) body['progress'] = server.progress;
  if (WITH_FAULT.has(status) && server.fault !== null) {
    const { code, message, details, created } = server.fault;
    const fault: Record<string, unknown> = { code, created: toSeconds(created), message };
    if (view.isAdmin && details !== '') fault['details'] = details;
    body['fault'] = fault;
  }
  return body;
}

function addExtensions(body: Record<string, unknown>, server: ServerData): void {
  body['OS-DCF:diskConfig'] = diskConfigView(server);
  body['OS-EXT-AZ:availability_zone'] = server.availability_zone ?? '';
  body['OS-EXT-STS:power_state'] = server.power_state;
  body['OS-EXT-STS:task_state'] = server.task_state;
  body['OS-EXT-STS:vm_state'] = server.vm_state;
  body['OS-SRV-USG:launched_at'] = toMicroseconds(server.launched_at);
  body['OS-SRV-USG:terminated_at'] = toMicroseconds(server.terminated_at);
  body['os-extended-volumes:volumes_attached'] = [];
  body['config_drive'] = server.config_drive ? 'True' : '';
  body['key_name'] = server.key_name;
}

function addAttributes(body: Record<string, unknown>, server: ServerData, version: number): void {
  body['OS-EXT-SRV-ATTR:host'] = server.host;
  body['OS-EXT-SRV-ATTR:hypervisor_hostname'] = server.node;
  body['OS-EXT-SRV-ATTR:instance_name'] = server.instance_name;
  if (version < 3) return;
  body['OS-EXT-SRV-ATTR:hostname'] = server.hostname;
  body['OS-EXT-SRV-ATTR:kernel_id'] = '';
  body['OS-EXT-SRV-ATTR:launch_index'] = server.launch_index;
  body['OS-EXT-SRV-ATTR:ramdisk_id'] = '';
  body['OS-EXT-SRV-ATTR:reservation_id'] = server.reservation_id;
  body['OS-EXT-SRV-ATTR:root_device_name'] = server.root_device_name;
  body['OS-EXT-SRV-ATTR:user_data'] = server.user_data;
}

function imageView(server: ServerData, { links, version }: ServerViewContext): unknown {
  if (server.image_ref === '') return '';
  const body = { id: server.image_ref, links: [links.bookmark(`images/${server.image_ref}`)] };
  return version >= 98 ? { ...body, properties: server.image_properties } : body;
}

function flavorReference(flavor: FlavorData, links: ResourceLinks): unknown {
  return { id: flavor.id, links: [links.bookmark(`flavors/${flavor.id}`)] };
}

function embeddedFlavor(flavor: FlavorData, view: ServerViewContext): unknown {
  const { vcpus, ram, disk, ephemeral, swap, name } = flavor;
  const body = { vcpus, ram, disk, ephemeral, swap, original_name: name };
  return view.showExtraSpecs ? { ...body, extra_specs: flavor.extra_specs } : body;
}
