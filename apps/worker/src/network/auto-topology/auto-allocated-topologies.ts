import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import type { Store } from '../../store/index.js';
import type { NetworkPolicy } from '../network-policy.js';
import { NetworkManager } from '../networks/network-manager.js';
import { AUTO_DELETED_PORTS, ROUTER_INTERFACE } from '../ports/port-owners.js';
import { RouterManager } from '../routers/router-manager.js';
import { SubnetPoolManager } from '../subnet-pools/subnet-pool-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';

/**
 * The topology that a project gets automatically: one network with subnets from the default pools, behind a router to
 * the external network.
 */
interface Topology {
  readonly network_id: string;
  readonly router_id: string | null;
}

/** The existing parts of a topology. */
interface Pieces {
  networkId?: string;
  routerId?: string;
  readonly joined: string[];
}

/**
 * neutron.services.auto_allocate: creates the topology on the first request, each part with the caller's permissions.
 */
export class AutoAllocatedTopologies {
  constructor(
    private readonly store: Store,
    private readonly policy: NetworkPolicy,
    private readonly managers: ResourceManagers,
  ) {}

  /**
   * The id of a project's network. Errors: PolicyNotAuthorized, AutoAllocationFailure if the cloud has no default
   * external network or no default pools, OverQuota.
   */
  async get(context: RequestContext, projectId: string): Promise<string> {
    this.#authorize(context, 'get', projectId);
    const found = await this.#find(projectId);
    if (found !== undefined) return found.network_id;
    const external = await this.#requireExternalNetwork();
    const pools = await this.#pools();
    const pieces: Pieces = { joined: [] };
    try {
      await this.#build(context, projectId, external, pools, pieces);
    } catch (error) {
      await this.#remove(context, pieces);
      if (!(error instanceof ExpectedError) || !UNMET.has(error.code)) throw error;
      const isInside = pieces.routerId === undefined;
      throw failure(`Unable to provide ${isInside ? 'project private network' : 'external connectivity'}`);
    }
    return this.#keep(context, projectId, pieces);
  }

  /** Checks whether `get` could create a topology. Errors: those of `get`. */
  async check(context: RequestContext, projectId: string): Promise<void> {
    this.#authorize(context, 'get', projectId);
    await this.#requireExternalNetwork();
    if ((await this.#pools()).length === 0) throw failure('No default subnetpools defined');
  }

  /** Deletes the topology, if there is one. Errors: PolicyNotAuthorized, NetworkInUse; then nothing is deleted. */
  async delete(context: RequestContext, projectId: string): Promise<void> {
    this.#authorize(context, 'delete', projectId);
    const found = await this.#find(projectId);
    if (found === undefined) return;
    const { network_id: networkId, router_id: routerId } = found;
    const used = await sql`
      select 1 from ports where network_id = ${networkId}
        and device_owner <> all(${[...AUTO_DELETED_PORTS, ROUTER_INTERFACE]}::text[]) limit 1`.execute(this.store.db);
    if (used.rows.length > 0) {
      const text = `Unable to complete operation on network ${networkId}. There are one or more ports still in use on the network.`;
      throw new ExpectedError('NetworkInUse', text, { id: networkId });
    }
    const { rows } = await sql<{ subnet_id: string }>`
      select subnet_id from router_interfaces where router_id = ${routerId}`.execute(this.store.db);
    const joined = rows.map((row) => row.subnet_id);
    await this.#remove(context, { networkId, joined, ...(routerId === null ? {} : { routerId }) });
  }

  async #build(
    context: RequestContext,
    owner: string,
    external: string,
    pools: readonly { readonly version: 4 | 6; readonly id: string }[],
    pieces: Pieces,
  ): Promise<void> {
    const networks = this.managers.get(NetworkManager);
    const named = { name: 'auto_allocated_network', project_id: owner };
    const [network] = await networks.create(context, [{ ...named, admin_state_up: false }]);
    pieces.networkId = network?.id ?? '';
    if (pools.length === 0) throw failure('Unable to provide project private network');
    const subnets: string[] = [];
    for (const { version, id } of pools) {
      const subnet = { network_id: pieces.networkId, ip_version: version, subnetpool_id: id, project_id: owner };
      const name = `auto_allocated_subnet_v${version}`;
      const [made] = await this.managers.get(SubnetManager).create(context, [{ ...subnet, name }]);
      subnets.push(made?.id ?? '');
    }
    const routers = this.managers.get(RouterManager);
    const gateway = { external_gateway_info: { network_id: external } };
    const [router] = await routers.create(context, [{ name: 'auto_allocated_router', project_id: owner, ...gateway }]);
    pieces.routerId = router?.id ?? '';
    for (const subnet of subnets) {
      await routers.act(context, 'add_router_interface', { id: pieces.routerId, body: { subnet_id: subnet } });
      pieces.joined.push(subnet);
    }
  }

  /** Records a topology as the project's; if another request was faster, this one's parts are deleted again. */
  async #keep(context: RequestContext, projectId: string, pieces: Pieces): Promise<string> {
    const { networkId = '', routerId = '' } = pieces;
    const kept = await sql`
      insert into auto_allocated_topologies (project_id, network_id, router_id)
      values (${projectId}, ${networkId}, ${routerId}) on conflict do nothing`.execute(this.store.db);
    if (kept.numAffectedRows === 1n) {
      await this.managers.get(NetworkManager).update(context, { id: networkId }, { admin_state_up: true });
      return networkId;
    }
    await this.#remove(context, pieces);
    return this.get(context, projectId);
  }

  /** Skips parts that were deleted meanwhile. */
  async #remove(context: RequestContext, { networkId, routerId, joined }: Pieces): Promise<void> {
    const routers = this.managers.get(RouterManager);
    if (routerId !== undefined) {
      for (const subnet of joined) {
        const body = { subnet_id: subnet };
        await unlessGone(() => routers.act(context, 'remove_router_interface', { id: routerId, body }));
      }
      await unlessGone(() => routers.delete(context, { id: routerId }));
    }
    if (networkId !== undefined) {
      await unlessGone(() => this.managers.get(NetworkManager).delete(context, { id: networkId }));
    }
  }

  async #find(projectId: string): Promise<Topology | undefined> {
    const { rows } = await sql<Topology>`
      select network_id, router_id from auto_allocated_topologies where project_id = ${projectId}`.execute(
      this.store.db,
    );
    return rows[0];
  }

  async #requireExternalNetwork(): Promise<string> {
    const { rows } = await sql<{ id: string }>`
      select id from networks where is_default and router_external order by created_at, id limit 1`.execute(
      this.store.db,
    );
    const [found] = rows;
    if (found === undefined) throw failure('No default router:external network');
    return found.id;
  }

  async #pools(): Promise<readonly { readonly version: 4 | 6; readonly id: string }[]> {
    const pools = this.managers.get(SubnetPoolManager);
    const found: { version: 4 | 6; id: string }[] = [];
    for (const version of [4, 6] as const) {
      const id = await pools.findDefault(this.store.db, version);
      if (id !== undefined) found.push({ version, id });
    }
    return found;
  }

  #authorize(context: RequestContext, operation: 'get' | 'delete', projectId: string): void {
    const rule = `${operation}_auto_allocated_topology`;
    this.policy.authorize(context, rule, ownedTarget({ project_id: projectId }));
  }
}

/** Errors that mean that the cloud lacks something for a topology, as neutron classifies them. */
const UNMET: ReadonlySet<string> = new Set([
  'AutoAllocationFailure',
  'SubnetAllocationError',
  'NetworkBadRequest',
  'InvalidInput',
  'SubnetPoolNotFound',
  'NetworkNotFound',
]);

function failure(reason: string): ExpectedError {
  return new ExpectedError('AutoAllocationFailure', `Deployment error: ${reason}.`);
}

async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ExpectedError) || !error.code.endsWith('NotFound')) throw error;
  }
}
