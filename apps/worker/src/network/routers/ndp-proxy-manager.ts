import { sql } from 'kysely';
import { ExpectedError, NdpProxy } from '#libs/contracts';
import type { FixedIp, NdpProxyData, PortData, RouterData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import { parseAddress } from '../ipam/address.js';
import { badRequest } from '../network.errors.js';
import { PortManager } from '../ports/port-manager.js';
import { RouterManager } from './router-manager.js';

type ProxyDraft = Draft<NdpProxyData>;

/**
 * Errors besides those of every resource: RouterNotFound, PortNotFound, PortUnreachableRouter, RouterNDPProxyNotEnable,
 * AddressScopeConflict, InvalidAddress, NetworkBadRequest.
 */
@Manages(NdpProxy)
export class NdpProxyManager extends ResourceManager<NdpProxyData> {
  /** Locks the routers, so that their gateways and interfaces stay until the commit, and then the ports. */
  protected override async lockParents(
    tx: Transaction,
    _context: RequestContext,
    drafts: readonly ProxyDraft[],
  ): Promise<void> {
    const ids = (name: 'router_id' | 'port_id'): readonly string[] => drafts.flatMap(({ input }) => input[name] ?? []);
    await sql`select 1 from routers where id = any(${[...ids('router_id')]}::text[]) order by id for share`.execute(tx);
    await sql`select 1 from ports where id = any(${[...ids('port_id')]}::text[]) order by id for share`.execute(tx);
  }

  protected override async beforeCreate(
    tx: Transaction,
    { input, values }: ProxyDraft,
    context: RequestContext,
  ): Promise<void> {
    const { managers } = this.shared;
    const port = await managers.get(PortManager).get(context, input.port_id ?? '', tx);
    const router = await managers.get(RouterManager).get(context, input.router_id ?? '', tx);
    const reached = await subnetsOn(tx, router.id, port.network_id);
    if (reached.length === 0) throw unreachable(port, router);
    if (router.enable_ndp_proxy !== true) {
      throw new ExpectedError(
        'RouterNDPProxyNotEnable',
        `The enable_ndp_proxy parameter of router ${router.id} must be set as True while create ndp proxy entry on it.`,
      );
    }
    values['ip_address'] = proxied(port, router, reached, input.ip_address ?? null);
    await requireOneScope(tx, router, port);
  }
}

/** The subnets of a network to which a router leads. */
async function subnetsOn(tx: Transaction, routerId: string, networkId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id from router_interfaces i join subnets s on s.id = i.subnet_id
    where i.router_id = ${routerId} and s.network_id = ${networkId}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** The address for which the router answers: the requested one, or the first that it reaches. */
function proxied(port: PortData, router: RouterData, subnets: readonly string[], wanted: string | null): string {
  const version6 = port.fixed_ips.filter(({ ip_address: text }) => parseAddress(text)?.version === 6);
  if (version6.length === 0) {
    throw badRequest('ndp_proxy', `Requested port ${port.id} must allocate one IPv6 address at least`);
  }
  const isReached = (one: FixedIp): boolean => subnets.includes(one.subnet_id);
  if (wanted === null) {
    const first = version6.find(isReached);
    if (first === undefined) throw unreachable(port, router);
    return first.ip_address;
  }
  const found = version6.find(({ ip_address: text }) => text === wanted);
  if (found === undefined) throw invalid(wanted, `This address not belong to the port ${port.id}`);
  if (!isReached(found)) throw invalid(wanted, `This address cannot reach the router ${router.id}`);
  return wanted;
}

/** Error AddressScopeConflict: the router does not route between the two address scopes, so it must not answer. */
async function requireOneScope(tx: Transaction, router: RouterData, port: PortData): Promise<void> {
  const scopeOf = async (networkId: string | undefined): Promise<string | null> => {
    const { rows } = await sql<{ scope: string | null }>`
      select p.address_scope_id as scope from subnets s join subnetpools p on p.id = s.subnetpool_id
      where s.network_id = ${networkId ?? ''} and s.ip_version = 6 limit 1`.execute(tx);
    return rows[0]?.scope ?? null;
  };
  const outer = await scopeOf(router.external_gateway_info?.network_id);
  const inner = await scopeOf(port.network_id);
  if (outer === inner) return;
  throw new ExpectedError(
    'AddressScopeConflict',
    `The IPv6 address scope ${String(outer)} of external network conflict with internal network's IPv6 address scope ${String(inner)}.`,
  );
}

function unreachable(port: PortData, router: RouterData): ExpectedError {
  const text = `The port ${port.id} cannot reach the router ${router.id} by IPv6 subnet.`;
  return new ExpectedError('PortUnreachableRouter', text);
}

function invalid(address: string, reason: string): ExpectedError {
  return new ExpectedError('InvalidAddress', `The address ${address} is invalid, reason: ${reason}.`);
}
