import { ExpectedError } from '#libs/contracts';
import type {
  InstanceMetadataArgs,
  InstanceMetadataData,
  ListArgs,
  Page,
  ServerCreateArgs,
  ServerData,
  ServerUpdateArgs,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import { clock } from '../../instances/instance-states.js';
import type { InstanceNotices } from '../../notifications/instance-notices.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import type { ServerCreation } from './create-servers.js';
import { authorizeServer, loadServer, lockServer } from './load-server.js';
import { instanceNotFound } from './server-errors.js';
import { listServers } from './server-list.js';
import type { ServerObjects } from './server-object.js';

const ATTRIBUTES_RULE = 'os_compute_api:os-extended-server-attributes';

/** Servers as the Compute API reads and describes them. */
export class ServerService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly creation: ServerCreation,
    private readonly objects: ServerObjects,
    private readonly networking: InstanceNetworking,
    private readonly notices: InstanceNotices,
  ) {}

  async create(context: RequestContext, args: ServerCreateArgs): Promise<Page<ServerData>> {
    const rows = await this.creation.create(context, args);
    for (const row of rows) this.notices.accepted(row);
    // A server that was just created has no ports to look up.
    const withUserData = this.#seesUserData(context);
    return { objects: rows.map((row) => this.objects.ofNew(row, withUserData)), next_marker: null };
  }

  async list(context: RequestContext, args: ListArgs): Promise<Page<ServerData>> {
    const all = args.all_projects === true;
    const rule = `os_compute_api:servers:detail${all ? ':get_all_tenants' : ''}`;
    this.authorizer.authorize(context, 'compute', rule, { project_id: context.project_id, user_id: context.user_id });
    const page = await listServers(this.store.db, all ? null : (context.project_id ?? ''), args);
    return { objects: await this.#describe(context, page.rows), next_marker: page.nextMarker };
  }

  async get(context: RequestContext, id: string): Promise<ServerData> {
    const row = await loadServer(this.store.db, this.authorizer, context, id);
    authorizeServer(this.authorizer, context, row, 'show');
    return this.#describeOne(context, row);
  }

  async update(context: RequestContext, args: ServerUpdateArgs): Promise<ServerData> {
    const { id, pinned_availability_zone: zone, ...changes } = args;
    const row = await this.store.transaction(
      async (tx) => {
        const found = await lockServer(tx, this.authorizer, context, id);
        authorizeServer(this.authorizer, context, found, 'update');
        this.notices.editedAfter(tx, found, changes.name ?? found.name);
        return tx
          .updateTable('instances')
          .set({ ...changes, ...(zone === undefined ? {} : pinned(found, zone)), updated_at: clock })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
      },
      { name: 'server_update' },
    );
    return this.#describeOne(context, row);
  }

  /**
   * For the metadata service, which has no user token: the server that has an address of a shared or external network,
   * or that a proxy's signed headers name. Errors: InstanceNotFound; Conflict for an address of several such networks.
   */
  async metadata(args: InstanceMetadataArgs): Promise<InstanceMetadataData> {
    const id = args.instance_id ?? (await this.#idAt(args.address));
    const row = await this.store.db
      .selectFrom('instances')
      .selectAll()
      .where('id', '=', id)
      .where('deleted', '=', false)
      .executeTakeFirst();
    if (row === undefined || (args.tenant_id !== undefined && args.tenant_id !== row.project_id)) {
      throw instanceNotFound(id);
    }
    const [server] = await this.objects.of(this.store.db, [row], true);
    if (server === undefined) throw instanceNotFound(id);
    const ports = server.addresses.map(({ port_id, mac_address, addr }) => ({ port_id, mac_address, fixed_ip: addr }));
    const nics = await this.networking.nics(this.store.db, row);
    return { server, public_key: row.public_key, ports, nics, password: row.password };
  }

  async #idAt(address: string | undefined): Promise<string> {
    const ids = address === undefined ? [] : await this.networking.instancesAt(this.store.db, address);
    const [id, second] = ids;
    if (id === undefined) throw instanceNotFound(`at ${address ?? 'no address'}`);
    if (second !== undefined) {
      throw new ExpectedError(
        'Conflict',
        `Address ${address ?? ''} belongs to several instances: ask through a proxy.`,
      );
    }
    return id;
  }

  async #describeOne(context: RequestContext, row: InstanceRow): Promise<ServerData> {
    const [server] = await this.#describe(context, [row]);
    if (server === undefined) throw instanceNotFound(row.id);
    return server;
  }

  #describe(context: RequestContext, rows: readonly InstanceRow[]): Promise<ServerData[]> {
    return this.objects.of(this.store.db, rows, this.#seesUserData(context));
  }

  #seesUserData(context: RequestContext): boolean {
    const target = { project_id: context.project_id, user_id: context.user_id };
    return this.authorizer.allows(context, 'compute', ATTRIBUTES_RULE, target);
  }
}

/** A server can be pinned to its current zone, and unpinned. Error: Conflict. */
function pinned(row: InstanceRow, zone: string | null): { readonly request_spec: string } {
  const current = row.request_spec.availability_zone ?? null;
  if (zone !== null && current !== null && zone !== current) {
    throw new ExpectedError(
      'Conflict',
      'Cannot change pinned availability zone directly. Unpin first by setting pinned_availability_zone to null.',
    );
  }
  if (zone !== null && current === null && zone !== row.availability_zone) {
    const here = row.availability_zone ?? '';
    throw new ExpectedError(
      'Conflict',
      `Server can only be pinned to its current availability zone '${here}', but '${zone}' was requested.`,
    );
  }
  return { request_spec: JSON.stringify({ ...row.request_spec, availability_zone: zone }) };
}
