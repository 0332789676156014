import type { JsonSchema } from '#libs/contracts';
import { ADMIN_FIELDS, FIELDS } from '../network-proxies/networks.controller.js';
import type { RouteAnswers } from '../../edge/openapi/document.js';
import { metadataAnswers } from './server-parts.answers.js';
import {
  links,
  listOf,
  none,
  page,
  shape,
  text,
  textOrNull,
  texts,
  whole,
  wholeOrNull,
} from '../../edge/openapi/schema-parts.js';

const rule = shape({
  id: text,
  parent_group_id: text,
  ip_protocol: textOrNull,
  from_port: wholeOrNull,
  to_port: wholeOrNull,
  group: shape({ 'name?': text, 'tenant_id?': text }),
  ip_range: shape({ 'cidr?': text }),
});
const group = shape({ id: text, name: text, description: text, tenant_id: text, rules: listOf(rule) });
const oneGroup = { body: shape({ security_group: group }) };
const groups = { body: shape({ security_groups: listOf(group) }) };

const floatingIp = shape({ id: text, ip: text, fixed_ip: textOrNull, instance_id: textOrNull, pool: text });
const oneFloatingIp = { body: shape({ floating_ip: floatingIp }) };

const network = shape({
  id: text,
  label: text,
  ...Object.fromEntries(FIELDS.map((name) => [name, none])),
  ...Object.fromEntries(ADMIN_FIELDS.map((name) => [`${name}?`, none])),
});
const tenantNetwork = shape({ id: text, cidr: text, label: text });

const image = {
  id: text,
  name: textOrNull,
  links,
};
const imageDetail = shape({
  ...image,
  minRam: whole,
  minDisk: whole,
  metadata: texts,
  created: text,
  updated: text,
  status: text,
  progress: whole,
  'OS-EXT-IMG-SIZE:size': wholeOrNull,
  'server?': shape({ id: text, links }),
  'OS-DCF:diskConfig?': text,
});

const hosts = listOf(shape({ host_name: text, service: text, zone: text }));
const hostUse = listOf(
  shape({ resource: shape({ host: text, project: text, cpu: whole, memory_mb: whole, disk_gb: whole }) }),
);

const never = { never: true } as const;
const empty = (name: string): { readonly body: JsonSchema } => ({
  body: shape({ [name]: { type: 'array', maxItems: 0 } }),
});

const extension = shape({ alias: text, name: text, description: text, namespace: text, updated: text, links });
const version = {
  id: text,
  status: text,
  version: text,
  min_version: text,
  updated: text,
  links,
};
const mediaTypes = listOf(shape({ base: text, type: text }));
const oneVersion = { body: shape({ version: shape({ ...version, 'media-types': mediaTypes }) }) };

/** Versions, extensions, and nova's proxies of other services, most of them until 2.35. */
export const proxyAnswers: RouteAnswers = {
  'GET /': oneVersion,
  'GET /versions/{id}': oneVersion,
  'GET /extensions': { body: shape({ extensions: listOf(extension) }) },
  'GET /extensions/{id}': { body: shape({ extension }) },
  'GET /os-security-groups': groups,
  'GET /os-security-groups/{id}': oneGroup,
  'POST /os-security-groups': oneGroup,
  'PUT /os-security-groups/{id}': oneGroup,
  'DELETE /os-security-groups/{id}': {},
  'POST /os-security-group-rules': { body: shape({ security_group_rule: rule }) },
  'DELETE /os-security-group-rules/{id}': {},
  'GET /servers/{id}/os-security-groups': groups,
  'GET /os-floating-ip-pools': { body: shape({ floating_ip_pools: listOf(shape({ name: text })) }) },
  'GET /os-floating-ips': { body: shape({ floating_ips: listOf(floatingIp) }) },
  'GET /os-floating-ips/{id}': oneFloatingIp,
  'POST /os-floating-ips': oneFloatingIp,
  'DELETE /os-floating-ips/{id}': {},
  'GET /os-networks': { body: shape({ networks: listOf(network) }) },
  'GET /os-networks/{id}': { body: shape({ network }) },
  'GET /os-tenant-networks': { body: shape({ networks: listOf(tenantNetwork) }) },
  'GET /os-tenant-networks/{id}': { body: shape({ network: tenantNetwork }) },
  'GET /images': { body: shape(page('images', shape(image))) },
  'GET /images/detail': { body: shape(page('images', imageDetail)) },
  'GET /images/{id}': { body: shape({ image: imageDetail }) },
  'DELETE /images/{id}': {},
  ...metadataAnswers('/images/{id}/metadata'),
  'GET /os-hosts': { body: shape({ hosts }) },
  'GET /os-hosts/{id}': { body: shape({ host: hostUse }) },
  'PUT /os-hosts/{id}': { body: shape({ host: text, status: text }) },
  'GET /os-hosts/{id}/startup': never,
  'GET /os-hosts/{id}/shutdown': never,
  'GET /os-hosts/{id}/reboot': never,
  'GET /os-volumes': empty('volumes'),
  'GET /os-volumes/detail': empty('volumes'),
  'GET /os-volumes/{id}': never,
  'POST /os-volumes': never,
  'DELETE /os-volumes/{id}': never,
  'GET /os-snapshots': empty('snapshots'),
  'GET /os-snapshots/detail': empty('snapshots'),
  'GET /os-snapshots/{id}': never,
  'POST /os-snapshots': never,
  'DELETE /os-snapshots/{id}': never,
  'POST /os-assisted-volume-snapshots': never,
  'DELETE /os-assisted-volume-snapshots/{id}': never,
  'GET /os-baremetal-nodes': empty('nodes'),
  'GET /os-baremetal-nodes/{id}': never,
  'POST /os-baremetal-nodes': never,
  'DELETE /os-baremetal-nodes/{id}': never,
  'POST /os-baremetal-nodes/{id}/action': never,
  'GET /servers/{id}/os-volume_attachments': empty('volumeAttachments'),
  'GET /servers/{id}/os-volume_attachments/{id}': never,
  'POST /servers/{id}/os-volume_attachments': never,
  'PUT /servers/{id}/os-volume_attachments/{id}': never,
  'DELETE /servers/{id}/os-volume_attachments/{id}': never,
};
