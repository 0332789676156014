import { sql } from 'kysely';
import { ExpectedError, PortForwarding } from '#libs/contracts';
import type { FloatingIpData, PortData, PortForwardingData, PortForwardingInput, ResourceArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import { ChildManager } from '../../resources/child-manager.js';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Transaction } from '../../store/index.js';
import { parseAddress } from '../ipam/address.js';
import { badRequest } from '../network.errors.js';
import { PortManager } from '../ports/port-manager.js';
import { joiningRouter } from './associate.js';
import { FloatingIpManager } from './floating-ip-manager.js';
import { lockPorts, lockPortsWith } from './lock-ports.js';
import { checkRanges, givenRange, rangeColumns, releaseFloatingIps } from './forwarded-ports.js';
import type { PortRange } from './forwarded-ports.js';

type ForwardingDraft = Draft<PortForwardingData, PortForwardingInput>;

/** The fields of a forwarding that must not collide with other forwardings. */
interface Placed {
  readonly id: string;
  readonly floatingIp: string;
  readonly port: string;
  readonly address: string;
  readonly protocol: string;
  readonly internal: PortRange;
  readonly external: PortRange;
}

const NAME = 'port_forwarding';

/**
 * Errors besides those of every resource: FloatingIPNotFound, PortNotFound, PortHasBindingFloatingIP,
 * FloatingIPPortAlreadyAssociated, NetworkBadRequest.
 */
@Manages(
  resourceTable(PortForwarding, {
    columns: rangeColumns,
    filters: {
      external_port: expressionFilter(sql`(${rangeColumns.external_port})::text`),
      external_port_range: expressionFilter(rangeColumns.external_port_range),
    },
    sortKeys: { external_port: sql`t.external_port_start`, external_port_range: sql`t.external_port_start` },
  }),
)
export class PortForwardingManager extends ChildManager<PortForwardingData, PortForwardingInput> {
  /** Locks the internal ports before the floating IPs, as everywhere. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly ForwardingDraft[],
  ): Promise<void> {
    const ports = drafts.flatMap(({ input }) => input.internal_port_id ?? []);
    await lockPorts(tx, ports, 'change');
    await super.lockParents(tx, context, drafts);
  }

  /** For an update too: a floating IP's row is locked only after all of its ports. */
  protected override async lockReferences(
    tx: Transaction,
    { id, parent_id: parentId }: ResourceArgs,
    { internal_port_id: port }: PortForwardingInput,
  ): Promise<void> {
    const floatingIp = parentId ?? (await this.find(tx, id))?.floatingip_id;
    if (floatingIp !== undefined) await lockPortsWith(tx, floatingIp, port === undefined ? [] : [port], 'change');
  }

  protected override async beforeCreate(
    tx: Transaction,
    draft: ForwardingDraft,
    context: RequestContext,
  ): Promise<void> {
    await super.beforeCreate(tx, draft, context);
    const { input, values } = draft;
    const floatingIp = draft.parent as FloatingIpData;
    const range = {
      internal: givenRange('internal', input.internal_port, input.internal_port_range),
      external: givenRange('external', input.external_port, input.external_port_range),
    };
    if (range.internal === undefined || range.external === undefined) {
      throw badRequest(NAME, 'Both internal and external ports must be given');
    }
    const port = await this.shared.managers.get(PortManager).get(context, input.internal_port_id ?? '', tx);
    await refuseFloatingIpOf(tx, port, input.internal_ip_address);
    if (floatingIp.port_id !== null) throw alreadyAssociated(floatingIp, input);
    const address = await this.#reached(tx, context, floatingIp, port, input.internal_ip_address);
    const placed: Placed = {
      id: draft.id,
      floatingIp: floatingIp.id,
      port: port.id,
      address,
      protocol: input.protocol ?? '',
      internal: range.internal,
      external: range.external,
    };
    await refuseCollisions(tx, placed);
    Object.assign(values, columnsOf(placed));
  }

  protected override async beforeUpdate(
    tx: Transaction,
    { row, input, values }: Change<PortForwardingData, PortForwardingInput>,
    context: RequestContext,
  ): Promise<void> {
    const portId = input.internal_port_id ?? row.internal_port_id;
    const port = await this.shared.managers.get(PortManager).get(context, portId, tx);
    const isMoved = portId !== row.internal_port_id;
    const wanted = input.internal_ip_address ?? (isMoved ? undefined : row.internal_ip_address);
    if (input.internal_port_id !== undefined) await refuseFloatingIpOf(tx, port, wanted);
    const floatingIp = await this.shared.managers.get(FloatingIpManager).get(context, row.floatingip_id, tx);
    const address = await this.#reached(tx, context, floatingIp, port, wanted);
    const internal = givenRange('internal', input.internal_port, input.internal_port_range);
    const external = givenRange('external', input.external_port, input.external_port_range);
    const before = await rangesOf(tx, row.id);
    const placed: Placed = {
      id: row.id,
      floatingIp: row.floatingip_id,
      port: portId,
      address,
      protocol: input.protocol ?? row.protocol,
      internal: internal ?? before.internal,
      external: external ?? before.external,
    };
    await refuseCollisions(tx, placed);
    Object.assign(values, columnsOf(placed));
  }

  protected override async afterDelete(tx: Transaction, { floatingip_id: id }: PortForwardingData): Promise<void> {
    await releaseFloatingIps(tx, [id]);
  }

  /**
   * The target address. The floating IP's router reaches it; if the floating IP has no router yet, the router is
   * assigned to it.
   */
  async #reached(
    tx: Transaction,
    context: RequestContext,
    floatingIp: FloatingIpData,
    port: PortData,
    wanted: string | undefined,
  ): Promise<string> {
    const version4 = port.fixed_ips.filter(({ ip_address: text }) => parseAddress(text)?.version === 4);
    const [first] = version4;
    if (first === undefined) {
      throw badRequest(NAME, `Requested internal port ${port.id} must allocate an IPv4 address at least`);
    }
    const chosen = wanted === undefined ? first : version4.find(({ ip_address: text }) => text === wanted);
    if (chosen === undefined) {
      const shown = version4.map((one) => `{'subnet_id': '${one.subnet_id}', 'ip_address': '${one.ip_address}'}`);
      throw badRequest(
        NAME,
        `Requested internal IP address ${String(wanted)} is not suitable for internal neutron port ${port.id}, as its fixed_ips are [${shown.join(', ')}]`,
      );
    }
    const network = floatingIp.floating_network_id;
    const routerId = await joiningRouter({ tx, shared: this.shared, context }, chosen.subnet_id, network);
    if (routerId === undefined) {
      throw badRequest(
        NAME,
        `External network ${network} is not reachable from subnet ${chosen.subnet_id}. Cannot set Port forwarding for port ${port.id} with Floating IP ${floatingIp.id}`,
      );
    }
    if (floatingIp.router_id !== null && floatingIp.router_id !== routerId) {
      throw badRequest(
        NAME,
        `The Floating IP ${floatingIp.id} had been set on router ${floatingIp.router_id}, the internal Neutron port ${port.id} can not reach it`,
      );
    }
    await sql`
      update floatingips set router_id = ${routerId}, status = 'ACTIVE' where id = ${floatingIp.id}`.execute(tx);
    return chosen.ip_address;
  }
}

async function refuseFloatingIpOf(tx: Transaction, port: PortData, fixed: string | undefined): Promise<void> {
  const { rows } = await sql<{ id: string; address: string }>`
    select id, host(floating_ip_address) as address from floatingips where port_id = ${port.id} limit 1`.execute(tx);
  const [found] = rows;
  if (found === undefined) return;
  throw new ExpectedError(
    'PortHasBindingFloatingIP',
    `Cannot create port forwarding to floating IP ${found.address} (${found.id}) with port ${port.id} using fixed IP ${fixed ?? 'None'}, as that port already has a binding floating IP.`,
  );
}

function alreadyAssociated(floatingIp: FloatingIpData, input: PortForwardingInput): ExpectedError {
  return new ExpectedError(
    'FloatingIPPortAlreadyAssociated',
    `Cannot associate floating IP ${String(floatingIp.floating_ip_address)} (${floatingIp.id}) with port ${String(input.internal_port_id)} using fixed IP ${input.internal_ip_address ?? 'None'}, as that fixed IP already has a floating IP on external network ${floatingIp.floating_network_id}.`,
  );
}

async function rangesOf(tx: Transaction, id: string): Promise<{ internal: PortRange; external: PortRange }> {
  const { rows } = await sql<Record<'a' | 'b' | 'c' | 'd', number>>`
    select internal_port_start as a, internal_port_end as b, external_port_start as c, external_port_end as d
    from port_forwardings where id = ${id}`.execute(tx);
  const { a = 0, b = 0, c = 0, d = 0 } = rows[0] ?? {};
  return { internal: { start: a, end: b }, external: { start: c, end: d } };
}

/**
 * Error NetworkBadRequest if the external or internal ports are already in a forwarding; port and floating IP are
 * locked.
 */
async function refuseCollisions(tx: Transaction, placed: Placed): Promise<void> {
  const { id, floatingIp, port, address, protocol, internal, external } = placed;
  checkRanges(internal, external);
  for (const [side, { start, end }, same] of [
    [
      'internal',
      internal,
      sql`internal_port_id = ${port} and internal_ip_address = ${address}::inet and protocol = ${protocol}`,
    ],
    ['external', external, sql`floatingip_id = ${floatingIp} and protocol = ${protocol}`],
  ] as const) {
    const first = sql.ref(`${side}_port_start`);
    const last = sql.ref(`${side}_port_end`);
    const { rows } = await sql<{ range: string }>`
      select ${first} || ':' || ${last} as range from port_forwardings
      where ${same} and id <> ${id} and ${first} <= ${end} and ${last} >= ${start} limit 1`.execute(tx);
    const [found] = rows;
    if (found === undefined) continue;
    throw badRequest(
      NAME,
      `There is a port collision with the ${side}_port_range. The following ranges collide: ${found.range} and ${start}:${end}`,
    );
  }
}

function columnsOf({ port, address, internal, external }: Placed): Readonly<Record<string, unknown>> {
  return {
    internal_port_id: port,
    internal_ip_address: address,
    internal_port_start: internal.start,
    internal_port_end: internal.end,
    external_port_start: external.start,
    external_port_end: external.end,
  };
}
