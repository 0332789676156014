import { reference } from '../../edge/openapi/parts.js';
import type { RouteAnswers, Schemas } from '../../edge/openapi/document.js';
import {
  anything,
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
} from '../../edge/openapi/schema-parts.js';

const address = shape({
  version: { enum: [4, 6] },
  addr: text,
  'OS-EXT-IPS:type?': oneOf('fixed', 'floating'),
  'OS-EXT-IPS-MAC:mac_addr?': text,
});

/** Until 2.46 a reference, then the flavor's properties when the server was created. */
const flavor = {
  anyOf: [
    until(46, shape({ id: text, links })),
    since(
      47,
      shape({
        vcpus: whole,
        ram: whole,
        disk: whole,
        ephemeral: whole,
        swap: whole,
        original_name: text,
        'extra_specs?': texts,
      }),
    ),
  ],
};

const image = shape({ id: text, links, properties: since(98, byKey(anything)) });
const diskConfig = oneOf('AUTO', 'MANUAL');
const groups = listOf(shape({ name: text }));

const basic = {
  id: { type: 'string', format: 'uuid' },
  name: text,
  status: text,
  tenant_id: text,
  user_id: text,
  metadata: texts,
  hostId: text,
  image: { anyOf: [image, { const: '' }] },
  flavor,
  created: text,
  updated: text,
  addresses: byKey(listOf(address)),
  accessIPv4: text,
  accessIPv6: text,
  'progress?': whole,
  'fault?': shape({ code: whole, created: text, message: text, 'details?': text }),
  'OS-DCF:diskConfig': diskConfig,
  links,
  locked: since(9, flag),
  description: since(19, textOrNull),
  tags: since(26, listOf(text)),
  trusted_image_certificates: since(63, orNull(listOf(text))),
  server_groups: since(71, listOf(text)),
  locked_reason: since(73, textOrNull),
};

/** In responses to an update and a rebuild since 2.75, and in all other responses in all versions. */
const extensions = {
  'OS-EXT-AZ:availability_zone': text,
  'OS-EXT-STS:power_state': whole,
  'OS-EXT-STS:task_state': textOrNull,
  'OS-EXT-STS:vm_state': text,
  'OS-SRV-USG:launched_at': textOrNull,
  'OS-SRV-USG:terminated_at': textOrNull,
  'os-extended-volumes:volumes_attached': listOf(shape({ id: text, delete_on_termination: since(3, flag) })),
  config_drive: oneOf('True', ''),
  key_name: textOrNull,
};

/** For administrators, and the part that all callers see since 2.90. */
const attributes = {
  'OS-EXT-SRV-ATTR:host?': textOrNull,
  'OS-EXT-SRV-ATTR:hypervisor_hostname?': textOrNull,
  'OS-EXT-SRV-ATTR:instance_name?': text,
  'OS-EXT-SRV-ATTR:hostname?': since(3, text),
  'OS-EXT-SRV-ATTR:kernel_id?': since(3, text),
  'OS-EXT-SRV-ATTR:launch_index?': since(3, whole),
  'OS-EXT-SRV-ATTR:ramdisk_id?': since(3, text),
  'OS-EXT-SRV-ATTR:reservation_id?': since(3, textOrNull),
  'OS-EXT-SRV-ATTR:root_device_name?': since(3, textOrNull),
  'OS-EXT-SRV-ATTR:user_data?': since(3, textOrNull),
  'host_status?': since(16, oneOf('UP', 'DOWN', 'UNKNOWN', 'MAINTENANCE', '')),
};

const later = {
  'security_groups?': groups,
  pinned_availability_zone: since(96, textOrNull),
  scheduler_hints: since(100, byKey(anything)),
};

const optional = (properties: Readonly<Record<string, object>>): Record<string, Readonly<Record<string, unknown>>> =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [`${name.replace('?', '')}?`, { ...schema }]));

export const serverSchemas: Schemas = {
  ServerSummary: shape({ id: basic.id, name: text, links }),
  Server: shape({ ...basic, ...extensions, ...attributes, ...later }),
  ChangedServer: shape({
    ...basic,
    ...optional({ ...extensions, ...attributes, ...later }),
    'adminPass?': text,
    'user_data?': since(57, textOrNull),
  }),
};

const server = { body: shape({ server: reference('Server') }) };
const summaries = { body: shape(page('servers', reference('ServerSummary'))) };
const details = { body: shape(page('servers', reference('Server'))) };
const changed = { body: shape({ server: reference('ChangedServer') }) };
const made = {
  body: {
    anyOf: [
      shape({
        server: shape({
          id: basic.id,
          links,
          'OS-DCF:diskConfig': diskConfig,
          security_groups: groups,
          'adminPass?': text,
        }),
      }),
      shape({ reservation_id: text }),
    ],
  },
};

/** `/servers` and, until 2.102, `/os-volumes_boot`. */
function serverRoutes(path: string): RouteAnswers {
  return {
    [`GET ${path}`]: summaries,
    [`GET ${path}/detail`]: details,
    [`GET ${path}/{id}`]: server,
    [`POST ${path}`]: made,
    [`PUT ${path}/{id}`]: changed,
    [`DELETE ${path}/{id}`]: {},
  };
}

/** The bodies of responses to actions, from their declarations. */
export const actionAnswers = {
  password: shape({ 'adminPass?': text }),
  server: shape({ server: reference('ChangedServer') }),
  output: shape({ output: text }),
  image: shape({ image_id: since(45, text) }),
  console: shape({ console: shape({ type: text, url: text }) }),
  port: none,
};

export const serverAnswers: RouteAnswers = { ...serverRoutes('/servers'), ...serverRoutes('/os-volumes_boot') };
