import type { FastifyInstance } from 'fastify';
import { Fault } from '../../edge/errors/fault.js';
import { queryOf } from '../../edge/query/query.js';

/** From 2.75 on a list refuses query parameters that it does not know; before, they are passed over. */
const STRICT_SINCE = 75;

const PAGE = ['limit', 'marker', 'sort_key', 'sort_dir'];
const FLAVORS = [...PAGE, 'is_public', 'minRam', 'minDisk'];
const SERVERS = (
  'access_ip_v4 access_ip_v6 all_tenants auto_disk_config availability_zone changes-before changes-since config_drive ' +
  'created_at deleted description display_description display_name flavor host hostname image image_ref ip ip6 ' +
  'kernel_id key_name launch_index launched_at locked locked_by name node not-tags not-tags-any power_state progress ' +
  'project_id ramdisk_id reservation_id root_device_name soft_deleted status tags tags-any task_state tenant_id ' +
  'terminated_at user_id uuid vm_state'
)
  .split(' ')
  .concat(PAGE);

/** Parameters of the routes that have any, as nova.api.openstack.compute.schemas has them at 2.75. */
const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    '/v2.1/servers': SERVERS,
    '/v2.1/servers/detail': SERVERS,
    '/v2.1/flavors': FLAVORS,
    '/v2.1/flavors/detail': FLAVORS,
    '/v2.1/os-keypairs': ['limit', 'marker', 'user_id'],
    '/v2.1/os-keypairs/:name': ['user_id'],
    '/v2.1/limits': ['tenant_id'],
    '/v2.1/os-services': ['binary', 'host'],
  }).map(([route, names]) => [route, new Set(names)]),
);

/** Refuses unknown parameters with 400; after the hook that finds the microversion. */
export function refuseUnknownParameters(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if ((request.edge.microversion ?? 0) < STRICT_SINCE || !request.url.includes('?')) return done();
    const known = NAMES.get((request.routeOptions.url ?? '').replace(/(.)\/$/, '$1'));
    const unknown = known === undefined ? [] : Object.keys(queryOf(request)).filter((name) => !known.has(name));
    const [first] = unknown;
    if (first === undefined) return done();
    const text = `Additional properties are not allowed ('${first.slice(0, 64)}' was unexpected)`;
    done(new Fault(400, text, { code: 'InvalidInput', facts: { field: first.slice(0, 64) } }));
  });
}
