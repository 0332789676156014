import { sql } from 'kysely';
import { ExpectedError, Trunk, declarationOf, viewOf } from '#libs/contracts';
import type { PortData, Subport, SubportInput, TrunkData, TrunkInput } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Transaction } from '../../store/index.js';
import { invalidInput, portInUse } from '../network.errors.js';
import { findNetwork } from '../networks/network-table.js';
import { PortManager } from '../ports/port-manager.js';

type TrunkDraft = Draft<TrunkData, TrunkInput>;

const subports = sql`coalesce((
  select jsonb_agg(jsonb_build_object('port_id', s.port_id, 'segmentation_type', s.segmentation_type,
    'segmentation_id', s.segmentation_id) order by s.position)
  from subports s where s.trunk_id = t.id), '[]'::jsonb)`;

/** A trunk has the status of its parent port: the driver plugs them together. */
const status = sql`(select case when p.status = 'ACTIVE' then 'ACTIVE' else 'DOWN' end from ports p where p.id = t.port_id)`;

/**
 * Errors besides those of every resource: PortNotFound, PortInUse, ParentPortInUse, TrunkPortInUse, DuplicateSubPort,
 * SubPortNotFound, SubPortMtuGreaterThanTrunkPortMtu, TrunkInUse, TrunkDisabled.
 */
@Manages(
  resourceTable(Trunk, {
    columns: { sub_ports: subports, status },
    filters: { status: expressionFilter(status) },
    sortKeys: { status },
  }),
)
export class TrunkManager extends ResourceManager<TrunkData, TrunkInput> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<TrunkData>>> = {
    add_subports: async (tx, trunk, { sub_ports: asked }, context) => {
      requireUp(trunk);
      await this.#add(tx, context, trunk, subportsOf(asked));
      await this.touch(tx, trunk.id);
      return this.#shown(tx, trunk.id);
    },
    remove_subports: async (tx, trunk, { sub_ports: asked }) => {
      requireUp(trunk);
      for (const { port_id: port } of subportsOf(asked)) {
        const gone = await sql`delete from subports where port_id = ${port} and trunk_id = ${trunk.id}`.execute(tx);
        if (gone.numAffectedRows === 1n) continue;
        throw new ExpectedError('SubPortNotFound', `SubPort ${port} on trunk ${trunk.id} could not be found.`);
      }
      await this.touch(tx, trunk.id);
      return this.#shown(tx, trunk.id);
    },
    get_subports: async (tx, trunk) => ({ sub_ports: (await this.find(tx, trunk.id))?.sub_ports ?? [] }),
  };

  protected override async beforeCreate(tx: Transaction, draft: TrunkDraft, context: RequestContext): Promise<void> {
    const { input } = draft;
    const port = await this.#port(tx, context, input.port_id ?? '');
    const { rows } = await sql<{ parent: boolean }>`
      select true as parent from trunks where port_id = ${port.id}
      union all select false from subports where port_id = ${port.id}`.execute(tx);
    if (rows[0]?.parent === false) throw trunkPortInUse(port.id);
    // The driver plugs a port only once, so a trunk that is added later would have no effect.
    if (rows.length > 0 || port.binding_host_id !== '') throw parentPortInUse(port.id);
  }

  protected override async afterCreate(
    tx: Transaction,
    { id, input, values }: TrunkDraft,
    context: RequestContext,
  ): Promise<void> {
    const trunk = { id, port_id: String(values['port_id']) };
    await this.#add(tx, context, trunk, input.sub_ports ?? []);
  }

  /** Its ports stay and are free again. */
  protected override async beforeDelete(tx: Transaction, trunk: TrunkData): Promise<void> {
    requireUp(trunk);
    const { rows } = await sql`
      select 1 from ports where id = ${trunk.port_id} and binding_host_id <> ''`.execute(tx);
    if (rows.length > 0) throw new ExpectedError('TrunkInUse', `Trunk ${trunk.id} is currently in use.`);
  }

  async #add(
    tx: Transaction,
    context: RequestContext,
    trunk: Pick<TrunkData, 'id' | 'port_id'>,
    asked: readonly SubportInput[],
  ): Promise<void> {
    if (asked.length === 0) return;
    const parent = await this.shared.managers.get(PortManager).find(tx, trunk.port_id);
    const most = parent === undefined ? undefined : (await findNetwork(tx, parent.network_id))?.mtu;
    const subports = new Map<SubportInput, Subport>();
    // In a fixed order, so that two requests do not deadlock.
    for (const subport of asked.toSorted((a, b) => (a.port_id < b.port_id ? -1 : 1))) {
      if (subport.port_id === trunk.port_id) throw parentPortInUse(subport.port_id);
      const port = await this.#port(tx, context, subport.port_id);
      const network = await findNetwork(tx, port.network_id);
      if (most !== undefined && network !== null && network.mtu > most) {
        const text = `MTU ${network.mtu} of subport ${port.id} cannot be greater than MTU ${most} of trunk ${trunk.id}.`;
        throw new ExpectedError('SubPortMtuGreaterThanTrunkPortMtu', text);
      }
      const inherited = {
        segmentation_type: network?.provider_network_type ?? undefined,
        segmentation_id: network?.provider_segmentation_id ?? undefined,
      };
      await this.#requireFree(tx, port);
      subports.set(subport, planned(subport, inherited));
    }
    for (const subport of asked) {
      const found = subports.get(subport);
      if (found !== undefined) await this.#insert(tx, trunk.id, found);
    }
  }

  async #requireFree(tx: Transaction, { id, device_id: device }: PortData): Promise<void> {
    const { rows } = await sql<{ parent: boolean }>`
      select true as parent from trunks where port_id = ${id}
      union all select false from subports where port_id = ${id}`.execute(tx);
    if (rows[0]?.parent === true) throw parentPortInUse(id);
    if (rows.length > 0) throw trunkPortInUse(id);
    if (device !== '') throw portInUse(id);
  }

  async #insert(tx: Transaction, trunkId: string, subport: Subport): Promise<void> {
    const { port_id: port, segmentation_type: type, segmentation_id: id } = subport;
    const result = await sql`
      insert into subports (port_id, trunk_id, segmentation_type, segmentation_id)
      values (${port}, ${trunkId}, ${type}, ${id}) on conflict do nothing`.execute(tx);
    if (result.numAffectedRows === 1n) return;
    const text = `segmentation_type ${type} and segmentation_id ${id} already in use on trunk ${trunkId}.`;
    throw new ExpectedError('DuplicateSubPort', text);
  }

  /** Locks a port of the caller, so that two trunks that want it wait for each other. */
  #port(tx: Transaction, context: RequestContext, id: string): Promise<PortData> {
    return this.shared.managers.get(PortManager).lockVisible(tx, context, id);
  }

  /** neutron returns the trunk itself from these actions, without the wrapper `trunk`. */
  async #shown(tx: Transaction, id: string): Promise<object> {
    const trunk = await this.find(tx, id);
    return trunk === undefined ? {} : viewOf(declarationOf(Trunk), trunk);
  }
}

function subportsOf(asked: unknown): readonly SubportInput[] {
  // The contract has checked the entries.
  return Array.isArray(asked) ? (asked as readonly SubportInput[]) : [];
}

/** Error InvalidInput for a subport without a segmentation id. */
function planned(
  { port_id, segmentation_type: type, segmentation_id: id }: SubportInput,
  network: { readonly segmentation_type: string | undefined; readonly segmentation_id: number | undefined },
): Subport {
  const segment = type === 'inherit' ? network : { segmentation_type: type, segmentation_id: id };
  if (segment.segmentation_type === undefined || segment.segmentation_id === undefined) {
    throw invalidInput(
      `Invalid subport details '${port_id}': missing segmentation information. Must specify both segmentation_id and segmentation_type`,
    );
  }
  if (segment.segmentation_type !== 'vlan') {
    throw invalidInput(`Unknown segmentation_type '${segment.segmentation_type}'`);
  }
  return { port_id, segmentation_type: 'vlan', segmentation_id: segment.segmentation_id };
}

function requireUp({ id, admin_state_up: up }: TrunkData): void {
  if (!up) throw new ExpectedError('TrunkDisabled', `Trunk ${id} is currently disabled.`);
}

function parentPortInUse(id: string): ExpectedError {
  const text = `Port ${id} is currently in use and is not eligible for use as a parent port.`;
  return new ExpectedError('ParentPortInUse', text);
}

function trunkPortInUse(id: string): ExpectedError {
  return new ExpectedError('TrunkPortInUse', `Port ${id} is in use by another trunk.`);
}
