import { sql } from 'kysely';
import type {
  ListArgs,
  NetworkData,
  NetworkDeleteArgs,
  Page,
  PortData,
  PortInput,
  PortUpdateArgs,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../../listing/get-row.js';
import { listRows } from '../../listing/list-rows.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { givenAttributes, policyTarget } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import type { NetworkSettings } from '../network-settings.js';
import { badRequest, networkNotFound, portNotFound, refuseAttributes, requireRevision } from '../network.errors.js';
import { findNetwork } from '../networks/load-networks.js';
import type { NetworkManager } from '../networks/network-manager.js';
import { requireQuotas } from '../quota.js';
import { insertPort } from './insert-port.js';
import type { NewPort } from './insert-port.js';
import { findPort } from './load-ports.js';
import { portList } from './port-list.js';
import { planPort } from './port-plan.js';
import { updatePort } from './update-port.js';

/** Attributes with a rule of their own, and their defaults. */
const GUARDED = {
  mac_address: null,
  fixed_ips: null,
  device_owner: '',
  port_security_enabled: true,
  allowed_address_pairs: [],
  binding_host_id: '',
  binding_profile: {},
  binding_vnic_type: 'normal',
};

/** Ports of the Network API. */
export class PortManager {
  readonly #store: Store;
  readonly #policy: NetworkPolicy;
  readonly #settings: NetworkSettings;
  readonly #networks: NetworkManager;

  constructor(store: Store, policy: NetworkPolicy, settings: NetworkSettings, networks: NetworkManager) {
    this.#store = store;
    this.#policy = policy;
    this.#settings = settings;
    this.#networks = networks;
  }

  async list(ctx: RequestContext, args: ListArgs): Promise<Page<PortData>> {
    const visible = this.#policy.visiblePorts(ctx);
    const { rows, nextMarker } = await listRows<PortData>(this.#store.db, portList, visible, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Error PortNotFound, also for a port that the caller may not see. */
  async get(ctx: RequestContext, id: string, db: Queries = this.#store.db): Promise<PortData> {
    const port = await getRow<PortData>(db, portList, this.#policy.visiblePorts(ctx), id);
    if (port === null) throw portNotFound(id);
    return port;
  }

  /** All or none. Errors: NetworkNotFound, PolicyNotAuthorized, OverQuota, MacAddressInUse and those of addresses. */
  async create(ctx: RequestContext, inputs: readonly PortInput[]): Promise<readonly PortData[]> {
    return this.#store.transaction(
      async (tx) => {
        const networks = new Map<string, NetworkData>();
        const planned: NewPort[] = [];
        for (const input of inputs) planned.push(await this.#plan(tx, ctx, input, networks));
        const owners = planned.map((port) => port.project_id);
        await requireQuotas(tx, this.#settings, 'port', owners);
        const created: PortData[] = [];
        for (const port of planned) created.push(await insertPort(tx, port, this.#settings.options.baseMac));
        return created;
      },
      { name: 'port-create' },
    );
  }

  /** Errors: PortNotFound, PolicyNotAuthorized, InvalidInput, PortBound, MacAddressInUse and those of addresses. */
  async update(ctx: RequestContext, args: PortUpdateArgs): Promise<PortData> {
    return this.#store.transaction(
      async (tx) => {
        const { port, network } = await this.#lock(tx, ctx, args.id);
        const { port: input } = args;
        this.#authorizeAttributes(ctx, 'update_port', input, policyTarget(givenOver(port, input), network));
        requireRevision(args.expected_revision, port.revision_number);
        refuseAttributes(input, ['network_id', 'project_id']);
        await updatePort(tx, port, input);
        return this.get(ctx, port.id, tx);
      },
      { name: 'port-update' },
    );
  }

  /** Errors: PortNotFound, PolicyNotAuthorized. */
  async delete(ctx: RequestContext, args: NetworkDeleteArgs): Promise<void> {
    await this.#store.transaction(
      async (tx) => {
        const { port, network } = await this.#lock(tx, ctx, args.id);
        this.#policy.authorize(ctx, 'delete_port', policyTarget(port, network));
        requireRevision(args.expected_revision, port.revision_number);
        await tx.deleteFrom('ports').where('id', '=', port.id).execute();
      },
      { name: 'port-delete' },
    );
  }

  async #plan(
    tx: Transaction,
    ctx: RequestContext,
    input: PortInput,
    networks: Map<string, NetworkData>,
  ): Promise<NewPort> {
    const owner = this.#policy.ownerOf(ctx, input);
    const { network_id: networkId } = input;
    if (networkId === undefined) throw badRequest('port', 'network_id is required');
    const network = networks.get(networkId) ?? (await this.#referTo(tx, ctx, networkId));
    networks.set(networkId, network);
    const target = policyTarget({ ...GUARDED, ...givenAttributes(input), project_id: owner }, network);
    this.#authorizeAttributes(ctx, 'create_port', input, target);
    return planPort(input, owner, network);
  }

  /** The network, kept from being deleted until the commit. */
  async #referTo(tx: Transaction, ctx: RequestContext, id: string): Promise<NetworkData> {
    const found = await sql`select 1 from networks where id = ${id} for key share`.execute(tx);
    if (found.rows.length === 0) throw networkNotFound(id);
    return this.#networks.get(ctx, id, tx);
  }

  async #lock(tx: Transaction, ctx: RequestContext, id: string): Promise<{ port: PortData; network: NetworkData }> {
    if ((await findPort(tx, id, true)) === null) throw portNotFound(id);
    const port = await this.get(ctx, id, tx);
    const network = await findNetwork(tx, port.network_id);
    if (network === null) throw portNotFound(id);
    return { port, network };
  }

  #authorizeAttributes(
    ctx: RequestContext,
    operation: 'create_port' | 'update_port',
    input: PortInput,
    target: ReturnType<typeof policyTarget>,
  ): void {
    this.#policy.authorizeChange(ctx, operation, input, target, GUARDED);
    for (const member of ['ip_address', 'subnet_id'] as const) {
      if (input.fixed_ips?.some((fixedIp) => fixedIp[member] !== undefined) === true) {
        this.#policy.authorize(ctx, `${operation}:fixed_ips:${member}`, target);
      }
    }
  }
}

/** The port as it would be: a rule about `device_owner` looks at the new one. */
function givenOver(port: PortData, input: PortInput): Record<string, unknown> {
  return { ...port, ...givenAttributes(input), project_id: port.project_id };
}
