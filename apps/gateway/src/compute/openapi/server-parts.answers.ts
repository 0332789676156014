import { CONSOLE_PROTOCOLS, CONSOLE_TYPES } from '#libs/contracts';
import type { RouteAnswers } from '../../edge/openapi/document.js';
import {
  byKey,
  flag,
  links,
  listOf,
  none,
  oneOf,
  orNull,
  page,
  shape,
  since,
  text,
  textOrNull,
  texts,
  until,
  whole,
  wholeOrNull,
} from '../../edge/openapi/schema-parts.js';

const action = {
  action: text,
  instance_uuid: text,
  request_id: text,
  user_id: textOrNull,
  project_id: textOrNull,
  start_time: text,
  message: textOrNull,
  updated_at: since(58, textOrNull),
};
const event = shape({
  event: text,
  start_time: text,
  finish_time: textOrNull,
  result: textOrNull,
  'traceback?': textOrNull,
  'host?': since(62, textOrNull),
  hostId: since(62, text),
  'details?': since(84, textOrNull),
});

const addresses = listOf(shape({ version: { enum: [4, 6] }, addr: text }));

const attachment = shape({
  net_id: text,
  port_id: text,
  mac_addr: text,
  port_state: text,
  fixed_ips: listOf(shape({ subnet_id: text, ip_address: text })),
  tag: since(70, textOrNull),
});

const progress = (part: string): Record<string, typeof wholeOrNull> => ({
  [`${part}_total_bytes`]: wholeOrNull,
  [`${part}_processed_bytes`]: wholeOrNull,
  [`${part}_remaining_bytes`]: wholeOrNull,
});
const moved = {
  id: whole,
  source_compute: textOrNull,
  source_node: textOrNull,
  dest_compute: textOrNull,
  dest_host: textOrNull,
  dest_node: textOrNull,
  status: text,
  created_at: text,
  updated_at: textOrNull,
  uuid: since(59, text),
  user_id: since(80, textOrNull),
  project_id: since(80, textOrNull),
};
const liveMigration = shape({ ...moved, server_uuid: text, ...progress('disk'), ...progress('memory') });
const migration = shape({
  ...moved,
  instance_uuid: text,
  old_instance_type_id: wholeOrNull,
  new_instance_type_id: wholeOrNull,
  migration_type: since(23, oneOf('migration', 'resize', 'live-migration', 'evacuation')),
  'links?': since(23, links),
});

const counters = (...names: readonly string[]): Record<string, typeof wholeOrNull> =>
  Object.fromEntries(names.map((name) => [name, wholeOrNull]));
const traffic = (way: string): readonly string[] =>
  ['octets', 'errors', 'drop', 'packets', 'rate'].map((name) => `${way}_${name}`);
const diagnostics = {
  anyOf: [
    until(47, byKey(whole)),
    since(
      48,
      shape({
        state: text,
        driver: text,
        hypervisor: textOrNull,
        hypervisor_os: textOrNull,
        uptime: wholeOrNull,
        config_drive: flag,
        num_cpus: whole,
        num_nics: whole,
        num_disks: whole,
        disk_details: listOf(
          shape(counters('read_bytes', 'read_requests', 'write_bytes', 'write_requests', 'errors_count')),
        ),
        cpu_details: listOf(shape({ id: whole, time: wholeOrNull, utilisation: wholeOrNull })),
        nic_details: listOf(shape({ mac_address: text, ...counters(...traffic('rx'), ...traffic('tx')) })),
        memory_details: shape({ maximum: whole, used: wholeOrNull }),
      }),
    ),
  ],
};

/** `…/metadata`, of servers and of images. */
export function metadataAnswers(path: string): RouteAnswers {
  const all = { body: shape({ metadata: texts }) };
  const one = { body: shape({ meta: texts }) };
  return {
    [`GET ${path}`]: all,
    [`GET ${path}/{id}`]: one,
    [`POST ${path}`]: all,
    [`PUT ${path}`]: all,
    [`PUT ${path}/{id}`]: one,
    [`DELETE ${path}/{id}`]: {},
  };
}

const tags = { body: shape({ tags: listOf(text) }) };
const never = { never: true } as const;

/** The resources below `/servers/{id}`, and the lists of migrations and console tokens. */
export const serverPartAnswers: RouteAnswers = {
  'GET /servers/{id}/os-instance-actions': {
    body: shape({ instanceActions: listOf(shape(action)), 'links?': since(58, links) }),
  },
  'GET /servers/{id}/os-instance-actions/{id}': {
    body: shape({ instanceAction: shape({ ...action, 'events?': listOf(event) }) }),
  },
  'GET /os-migrations': { body: shape(page('migrations', migration, 59)) },
  'GET /servers/{id}/migrations': { body: shape({ migrations: listOf(liveMigration) }) },
  'GET /servers/{id}/migrations/{id}': { body: shape({ migration: orNull(liveMigration) }) },
  'DELETE /servers/{id}/migrations/{id}': {},
  'POST /servers/{id}/migrations/{id}/action': {},
  'GET /servers/{id}/ips': { body: shape({ addresses: byKey(addresses) }) },
  'GET /servers/{id}/ips/{id}': { body: byKey(addresses) },
  ...metadataAnswers('/servers/{id}/metadata'),
  'GET /servers/{id}/tags': tags,
  'GET /servers/{id}/tags/{id}': {},
  'PUT /servers/{id}/tags': tags,
  'PUT /servers/{id}/tags/{id}': { statuses: [201, 204] },
  'DELETE /servers/{id}/tags/{id}': {},
  'DELETE /servers/{id}/tags': {},
  'GET /servers/{id}/os-interface': { body: shape({ interfaceAttachments: listOf(attachment) }) },
  'GET /servers/{id}/os-interface/{id}': { body: shape({ interfaceAttachment: attachment }) },
  'POST /servers/{id}/os-interface': { body: shape({ interfaceAttachment: attachment }) },
  'DELETE /servers/{id}/os-interface/{id}': {},
  'GET /servers/{id}/shares': { body: shape({ shares: { type: 'array', maxItems: 0 } }) },
  'POST /servers/{id}/shares': never,
  'GET /servers/{id}/shares/{id}': never,
  'DELETE /servers/{id}/shares/{id}': never,
  'GET /servers/{id}/diagnostics': { body: diagnostics },
  'GET /servers/{id}/topology': { body: shape({ nodes: { type: 'array', maxItems: 0 }, pagesize_kb: none }) },
  'GET /servers/{id}/os-server-password': { body: shape({ password: text }) },
  'DELETE /servers/{id}/os-server-password': {},
  'POST /servers/{id}/remote-consoles': {
    body: shape({
      remote_console: shape({ protocol: oneOf(...CONSOLE_PROTOCOLS), type: oneOf(...CONSOLE_TYPES), url: text }),
    }),
  },
  'GET /os-console-auth-tokens/{id}': {
    body: shape({
      console: shape({
        instance_uuid: text,
        host: textOrNull,
        port: wholeOrNull,
        internal_access_path: textOrNull,
        'tls_port?': since(99, wholeOrNull),
      }),
    }),
  },
  'POST /os-server-external-events': {
    statuses: [200, 207],
    body: shape({
      events: listOf(
        shape({ name: text, server_uuid: text, 'tag?': text, status: oneOf('completed', 'failed'), code: whole }),
      ),
    }),
  },
};
