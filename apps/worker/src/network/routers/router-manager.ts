import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { GatewayInput, HostRoute, ResourceActionArgs, RouterData, RouterInput } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import type { Transaction } from '../../store/index.js';
import { agentsOfRouter } from '../agents/agent-table.js';
import { HELD_ROUTERS, requireZones, schedule } from '../agents/agent-scheduling.js';
import { FlavorManager } from '../flavors/flavor-manager.js';
import { routerModes } from '../flavors/service-provider-manager.js';
import type { RouterModes } from '../flavors/service-provider-manager.js';
import { badRequest, invalidInput } from '../network.errors.js';
import { addGateways, removeSomeGateways, replaceGateways } from './external-gateways.js';
import { changeNdpProxy, startNdpProxy } from './ndp-proxy-state.js';
import { removeInterface } from './remove-interface.js';
import { removeGateways, setGateway } from './router-gateway.js';
import { addInterface, namedInterface } from './router-interfaces.js';
import type { InterfaceChange, RouterWork } from './router-work.js';
import { addedRoutes, connectionsOf, remainingRoutes, requireReachable } from './router-routes.js';
import { routerTable } from './router-table.js';
import { reportPorts } from './router-work.js';

type RouterChange = Change<RouterData, RouterInput>;

/**
 * Errors besides those of every resource: those of setGateway, addInterface, removeInterface and routes, RouterInUse.
 */
@Manages(routerTable)
export class RouterManager extends ResourceManager<RouterData, RouterInput> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<RouterData>>> = {
    list_l3_agents: (tx, router) => agentsOfRouter(tx, router),
    add_router_interface: async (tx, router, body, context) => {
      const added = await addInterface(this.#work(tx, context), router, namedInterface(body));
      await this.touch(tx, router.id);
      return interfaceInfo(router, added);
    },
    remove_router_interface: async (tx, router, body, context) => {
      const removed = await removeInterface(this.#work(tx, context), router, namedInterface(body));
      await this.touch(tx, router.id);
      return interfaceInfo(router, removed);
    },
    add_external_gateways: (tx, router, body, context) =>
      this.#changeGateways(tx, context, router, 'add_external_gateways', body, addGateways),
    update_external_gateways: (tx, router, body, context) =>
      this.#changeGateways(tx, context, router, 'update_external_gateways', body, replaceGateways),
    remove_external_gateways: (tx, router, body, context) =>
      this.#changeGateways(tx, context, router, 'remove_external_gateways', body, removeSomeGateways),
    add_extraroutes: (tx, router, { routes }) =>
      this.#setRoutes(tx, router, addedRoutes(router.routes, listed(routes))),
    remove_extraroutes: (tx, router, { routes }) =>
      this.#setRoutes(tx, router, remainingRoutes(router.routes, listed(routes))),
  };

  /** An unknown router has no agents, as in neutron. */
  override async act(context: RequestContext, name: string, args: ResourceActionArgs): Promise<object> {
    const { db } = this.shared.store;
    if (name !== 'list_l3_agents' || (await this.find(db, args.id)) !== undefined)
      return super.act(context, name, args);
    this.shared.policy.authorize(context, 'get_l3-agents', this.target({ project_id: context.project_id }));
    return { agents: [] };
  }

  protected override async beforeCreate(
    tx: Transaction,
    { input, values }: Draft<RouterData, RouterInput>,
  ): Promise<void> {
    await requireZones(tx, HELD_ROUTERS, input.availability_zone_hints ?? []);
    const modes = await this.#modes(tx, input);
    Object.assign(values, { status: 'ACTIVE', ...modes });
  }

  protected override async afterCreate(
    tx: Transaction,
    { id, input, owner }: Draft<RouterData, RouterInput>,
    context: RequestContext,
  ): Promise<void> {
    await schedule(tx, HELD_ROUTERS, id);
    const { external_gateway_info: gateway, admin_state_up: isUp = true, enable_ndp_proxy: ndpProxy } = input;
    if (gateway !== undefined && gateway !== null) {
      const router = { id, project_id: owner, admin_state_up: isUp, routes: [] };
      await setGateway(this.#work(tx, context), router, gateway);
    }
    await startNdpProxy(tx, id, ndpProxy, this.shared.settings.options.enableNdpProxyByDefault);
  }

  protected override async beforeUpdate(tx: Transaction, change: RouterChange, context: RequestContext): Promise<void> {
    const { row, input, values } = change;
    refuseModeOfActive(change);
    for (const flag of ['distributed', 'ha']) if (values[flag] === null) delete values[flag];
    if (input.routes !== undefined) requireReachable(input.routes, await connectionsOf(tx, row.id, 'all'));
    if (input.external_gateway_info === undefined) return;
    const router = { ...row, routes: input.routes ?? row.routes };
    await setGateway(this.#work(tx, context), router, input.external_gateway_info);
  }

  protected override async afterUpdate(tx: Transaction, { row, input }: RouterChange): Promise<void> {
    const { admin_state_up: isUp = row.admin_state_up } = input;
    if (isUp !== row.admin_state_up) await reportPorts(tx, row.id);
    const { external_gateway_info: gateway, enable_ndp_proxy: ndpProxy } = input;
    if (gateway === undefined && typeof ndpProxy !== 'boolean') return;
    await changeNdpProxy(tx, row.id, ndpProxy, row.enable_ndp_proxy === true, gateway);
  }

  /** Deletes its gateways too; interfaces prevent the delete. */
  protected override async beforeDelete(tx: Transaction, { id }: RouterData, context: RequestContext): Promise<void> {
    const joined = await sql<{ port_id: string }>`
      select distinct port_id from router_interfaces where router_id = ${id} order by port_id`.execute(tx);
    if (joined.rows.length > 0) {
      const ports = joined.rows.map((row) => row.port_id).join(', ');
      throw new ExpectedError('RouterInUse', `Router ${id} has ports still attached: ${ports}`, { id });
    }
    await removeGateways(this.#work(tx, context), id);
  }

  async #setRoutes(tx: Transaction, router: RouterData, routes: readonly HostRoute[]): Promise<void> {
    requireReachable(routes, await connectionsOf(tx, router.id, 'all'));
    await this.change(tx, router.id, { routes });
  }

  /**
   * The router modes: the requested ones, or those of its flavor's provider. Errors: FlavorNotFound, FlavorDisabled,
   * InvalidInput.
   */
  async #modes(tx: Transaction, input: RouterInput): Promise<RouterModes> {
    const asked = { distributed: input.distributed ?? false, ha: input.ha ?? false };
    if (typeof input.flavor_id !== 'string') return asked;
    const flavors = this.shared.managers.get(FlavorManager);
    if (!(await flavors.lock(tx, input.flavor_id, 'change'))) throw flavors.notFound(input.flavor_id);
    const { provider } = await flavors.nextProvider(tx, input.flavor_id);
    const modes = routerModes(provider) ?? asked;
    for (const mode of ['distributed', 'ha'] as const) {
      const wanted = input[mode];
      if (typeof wanted !== 'boolean' || wanted === modes[mode]) continue;
      throw invalidInput(`Provider ${provider} does not support ${mode}=${wanted ? 'True' : 'False'}`);
    }
    return modes;
  }

  /** Also checks the policy of each gateway's fields, as for a router's own. */
  async #changeGateways(
    tx: Transaction,
    context: RequestContext,
    router: RouterData,
    action: string,
    body: Readonly<Record<string, unknown>>,
    change: typeof addGateways,
  ): Promise<void> {
    // The contract has checked that these are gateways.
    const wanted = body['external_gateways'] as readonly GatewayInput[];
    const field = `${action}:external_gateways`;
    const { policy } = this.shared;
    const members = new Set(wanted.flatMap((gateway) => Object.keys(gateway)));
    for (const rule of [field, ...[...members].map((member) => `${field}:${member}`)]) {
      if (policy.knows(rule)) policy.authorize(context, rule, this.target(router));
    }
    await change(this.#work(tx, context), router, wanted);
    await this.touch(tx, router.id);
  }

  #work(tx: Transaction, context: RequestContext): RouterWork {
    return { tx, shared: this.shared, context };
  }
}

/** The router modes can change only while the router is administratively down. Error NetworkBadRequest. */
function refuseModeOfActive({ row, input }: RouterChange): void {
  if (!(input.admin_state_up ?? row.admin_state_up)) return;
  const changes = (wanted: boolean | null | undefined, present: boolean | null): boolean =>
    wanted !== undefined && wanted !== null && wanted !== present;
  const until = 'Please set router admin_state_up to False prior to upgrade';
  if (changes(input.distributed, row.distributed)) {
    throw badRequest('router', `Cannot change the 'distributed' attribute of active routers. ${until}`);
  }
  if (changes(input.ha, row.ha)) throw badRequest('router', `Cannot change HA attribute of active routers. ${until}`);
}

/** The response of both interface actions. `subnet_id` is the older name of the last of `subnet_ids`. */
function interfaceInfo(router: RouterData, { port, subnets }: InterfaceChange): object {
  const ids = subnets.map(({ id }) => id);
  return {
    id: router.id,
    project_id: port.project_id,
    tenant_id: port.project_id,
    port_id: port.id,
    network_id: port.network_id,
    subnet_id: ids.at(-1) ?? null,
    subnet_ids: ids,
    tags: router.tags,
  };
}

/** The contract has checked that these are routes. */
function listed(routes: unknown): readonly HostRoute[] {
  return routes as readonly HostRoute[];
}
