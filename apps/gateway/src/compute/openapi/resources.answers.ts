import { Aggregate, Flavor, GROUP_POLICIES, Hypervisor, Keypair, ServerGroup, Service } from '#libs/contracts';
import type { JsonSchema } from '#libs/contracts';
import { reference } from '../../edge/openapi/parts.js';
import type { RouteAnswers, Schemas } from '../../edge/openapi/document.js';
import {
  byKey,
  flag,
  links,
  listOf,
  none,
  oneOf,
  orNull,
  page,
  resourceShape,
  shape,
  since,
  text,
  textOrNull,
  texts,
  until,
  whole,
} from '../../edge/openapi/schema-parts.js';

/** Until 2.74 an empty text means none. */
const swap = { anyOf: [whole, { const: '' }] };
const aggregate = { availability_zone: textOrNull, deleted_at: none, deleted: { const: false } };
const hosted = { 'servers?': listOf(shape({ name: text, uuid: text })) };
const free = {
  free_ram_mb: until(87, whole),
  free_disk_gb: until(87, whole),
  disk_available_least: until(87, whole),
};
const summed = ['vcpus', 'vcpus_used', 'memory_mb', 'memory_mb_used', 'local_gb', 'local_gb_used', 'running_vms'];

export const resourceSchemas: Schemas = {
  Flavor: resourceShape(Flavor, 'detail', { swap, links }),
  FlavorSummary: resourceShape(Flavor, 'brief', { links }),
  Keypair: resourceShape(Keypair, 'detail', { updated_at: none, deleted_at: none, deleted: { const: false } }),
  NewKeypair: resourceShape(Keypair, 'created'),
  KeypairSummary: resourceShape(Keypair, 'brief'),
  Aggregate: resourceShape(Aggregate, 'detail', aggregate),
  NewAggregate: resourceShape(Aggregate, 'created', aggregate),
  ServerGroup: resourceShape(ServerGroup, 'detail', {
    'policies?': until(63, listOf(oneOf(...GROUP_POLICIES))),
    'metadata?': until(63, texts),
  }),
  Service: resourceShape(Service, 'detail'),
  HypervisorSummary: resourceShape(Hypervisor, 'brief', hosted),
  Hypervisor: resourceShape(Hypervisor, 'detail', {
    ...hosted,
    ...free,
    service: shape({
      id: { anyOf: [until(52, whole), since(53, text)] },
      host: text,
      disabled_reason: textOrNull,
    }),
    'cpu_info?': { anyOf: [until(27, text), since(28, until(87, { type: 'object' }))] },
  }),
};

const flavor = { body: shape({ flavor: reference('Flavor') }) };
const specs = { body: shape({ extra_specs: texts }) };
const access = { body: shape({ flavor_access: listOf(shape({ flavor_id: text, tenant_id: text })) }) };
const one = (name: string, schema: string): { readonly body: JsonSchema } => ({
  body: shape({ [name]: reference(schema) }),
});
const hypervisors = { body: shape({ hypervisors: listOf(reference('HypervisorSummary')) }) };
const zone = (hosts: JsonSchema): JsonSchema =>
  listOf(shape({ zoneName: text, zoneState: shape({ available: flag }), hosts }));
const zoneHosts = byKey(byKey(shape({ available: flag, active: flag, updated_at: textOrNull })));

/** Declared resources, and the resources below them. */
export const resourceAnswers: RouteAnswers = {
  'GET /flavors': { body: shape(page('flavors', reference('FlavorSummary'))) },
  'GET /flavors/detail': { body: shape(page('flavors', reference('Flavor'))) },
  'GET /flavors/{id}': flavor,
  'POST /flavors': flavor,
  'PUT /flavors/{id}': flavor,
  'DELETE /flavors/{id}': {},
  'GET /flavors/{id}/os-extra_specs': specs,
  'GET /flavors/{id}/os-extra_specs/{id}': { body: texts },
  'POST /flavors/{id}/os-extra_specs': { body: shape({ extra_specs: byKey({ type: ['string', 'number'] }) }) },
  'PUT /flavors/{id}/os-extra_specs/{id}': { body: byKey({ type: ['string', 'number'] }) },
  'DELETE /flavors/{id}/os-extra_specs/{id}': {},
  'GET /flavors/{id}/os-flavor-access': access,
  'POST /flavors/{id}/action': access,
  'GET /os-keypairs': {
    body: shape(page('keypairs', shape({ keypair: reference('KeypairSummary') }), 35)),
  },
  'GET /os-keypairs/{id}': one('keypair', 'Keypair'),
  'POST /os-keypairs': { ...one('keypair', 'NewKeypair'), statuses: [200, 201] },
  'DELETE /os-keypairs/{id}': { statuses: [202, 204] },
  'GET /os-aggregates': { body: shape({ aggregates: listOf(reference('Aggregate')) }) },
  'GET /os-aggregates/{id}': one('aggregate', 'Aggregate'),
  'POST /os-aggregates': one('aggregate', 'NewAggregate'),
  'PUT /os-aggregates/{id}': one('aggregate', 'Aggregate'),
  'DELETE /os-aggregates/{id}': {},
  'POST /os-aggregates/{id}/action': one('aggregate', 'Aggregate'),
  'POST /os-aggregates/{id}/images': {},
  'GET /os-server-groups': { body: shape({ server_groups: listOf(reference('ServerGroup')) }) },
  'GET /os-server-groups/{id}': one('server_group', 'ServerGroup'),
  'POST /os-server-groups': one('server_group', 'ServerGroup'),
  'DELETE /os-server-groups/{id}': {},
  'GET /os-services': { body: shape({ services: listOf(reference('Service')) }) },
  'PUT /os-services/{id}': {
    body: shape({
      service: {
        anyOf: [
          until(
            52,
            shape({
              host: text,
              binary: text,
              'status?': oneOf('enabled', 'disabled'),
              'disabled_reason?': text,
              'forced_down?': since(11, flag),
            }),
          ),
          since(53, reference('Service')),
        ],
      },
    }),
  },
  'DELETE /os-services/{id}': {},
  'GET /os-availability-zone': { body: shape({ availabilityZoneInfo: zone(none) }) },
  'GET /os-availability-zone/detail': { body: shape({ availabilityZoneInfo: zone(orNull(zoneHosts)) }) },
  'GET /os-hypervisors': { body: shape(page('hypervisors', reference('HypervisorSummary'), 33)) },
  'GET /os-hypervisors/detail': { body: shape(page('hypervisors', reference('Hypervisor'), 33)) },
  'GET /os-hypervisors/{id}': one('hypervisor', 'Hypervisor'),
  'GET /os-hypervisors/statistics': {
    body: shape({
      hypervisor_statistics: shape(
        Object.fromEntries([...summed, 'count', 'current_workload', ...Object.keys(free)].map((name) => [name, whole])),
      ),
    }),
  },
  'GET /os-hypervisors/{id}/uptime': {
    body: shape({ hypervisor: resourceShape(Hypervisor, 'brief', { uptime: text }) }),
  },
  'GET /os-hypervisors/{id}/search': hypervisors,
  'GET /os-hypervisors/{id}/servers': hypervisors,
};
