import { sql } from 'kysely';
import { FloatingIp, Port, Router, declarationOf } from '#libs/contracts';
import type { FloatingIpData, PortData, RouterData, SubnetData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { neutronForm } from '../../notifications/resource-notices.js';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import type { Queries, Store } from '../../store/index.js';
import { FloatingIpManager } from '../floating-ips/floating-ip-manager.js';
import { NetworkManager } from '../networks/network-manager.js';
import { PortManager } from '../ports/port-manager.js';
import { ROUTER_GATEWAY, ROUTER_INTERFACES } from '../ports/port-owners.js';
import { RouterManager } from '../routers/router-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';

const DECLARED = { router: declarationOf(Router), port: declarationOf(Port), ip: declarationOf(FloatingIp) };

/** The fields of a subnet that neutron includes with a port on it. */
const TOLD_OF_SUBNETS = ['id', 'cidr', 'gateway_ip', 'dns_nameservers', 'ipv6_ra_mode', 'subnetpool_id'] as const;

interface Asker {
  readonly store: Store;
  readonly managers: ResourceManagers;
  readonly caller: RequestContext;
}

/**
 * Routers with all data that the L3 agent of a host needs to build them, as neutron.db.l3_db's get_sync_data returns
 * them.
 */
export async function routersToSync(asker: Asker, ids: readonly string[], host: string): Promise<readonly object[]> {
  const { managers, caller, store } = asker;
  const filters = { id: [...ids], admin_state_up: ['True'] };
  const { objects: routers } = await managers.get(RouterManager).list(caller, { filters });
  if (routers.length === 0) return [];
  const owners = [ROUTER_GATEWAY, ...ROUTER_INTERFACES];
  const up = routers.map(({ id }) => id);
  const { objects: ports } = await managers
    .get(PortManager)
    .list(caller, { filters: { device_id: up, device_owner: owners } });
  const { objects: ips } = await managers.get(FloatingIpManager).list(caller, { filters: { router_id: up } });
  const told = new Map((await portsToSync(asker, ports)).map((port) => [Reflect.get(port, 'id') as unknown, port]));
  const firsts = await firstGateways(store.db, up);
  const scopes = await scopesOfAddresses(store.db, ips);
  return routers.map((router) => {
    const own = ports.filter(({ device_id: device }) => device === router.id);
    const inner = own.filter(({ device_owner: owner }) => owner !== ROUTER_GATEWAY);
    return {
      ...neutronForm(DECLARED.router, router),
      ...gatewayOf(router, firsts.get(router.id), told),
      gw_port_host: firsts.has(router.id) ? host : null,
      // VRRP groups are not numbered here; neutron also sends 0 for a router that is not HA.
      ha_vr_id: 0,
      _interfaces: inner.map(({ id }) => told.get(id)),
      _floatingips: ips
        .filter(({ router_id: id }) => id === router.id)
        .map((ip) => ({ ...neutronForm(DECLARED.ip, ip), fixed_ip_address_scope: scopes.get(ip.id) ?? null })),
    };
  });
}

/** Ports with the subnets of their networks, prefix lengths, address scopes and MTU. */
export async function portsToSync(
  { managers, caller, store }: Asker,
  ports: readonly PortData[],
): Promise<readonly object[]> {
  const ids = [...new Set(ports.map(({ network_id: id }) => id))];
  if (ids.length === 0) return [];
  const { objects: networks } = await managers.get(NetworkManager).list(caller, { filters: { id: ids } });
  const { objects: subnets } = await managers.get(SubnetManager).list(caller, { filters: { network_id: ids } });
  const scopes = await scopesOfSubnets(store.db, ids);
  return ports.map((port) => {
    const on = subnets.filter(({ network_id: id }) => id === port.network_id);
    const isOwn = ({ id }: SubnetData): boolean => port.fixed_ips.some((address) => address.subnet_id === id);
    const addressScopes: Record<string, string | null> = { 4: null, 6: null };
    for (const subnet of on) addressScopes[subnet.ip_version] = scopes.get(subnet.id) ?? null;
    const fixed = port.fixed_ips.map((address) => ({ ...address, ...prefixOf(on, address.subnet_id) }));
    return {
      ...neutronForm(DECLARED.port, port),
      fixed_ips: fixed,
      subnets: on.filter(isOwn).map(toldOf),
      extra_subnets: on.filter((subnet) => !isOwn(subnet)).map(toldOf),
      address_scopes: addressScopes,
      mtu: networks.find(({ id }) => id === port.network_id)?.mtu ?? 0,
    };
  });
}

function gatewayOf(
  router: RouterData,
  port: string | undefined,
  told: ReadonlyMap<unknown, object>,
): Readonly<Record<string, unknown>> {
  if (port === undefined) return { gw_port_id: null };
  const { external_gateway_info: info } = router;
  return { gw_port_id: port, gw_port: told.get(port), enable_snat: info?.enable_snat ?? true };
}

function toldOf(subnet: SubnetData): object {
  return Object.fromEntries(TOLD_OF_SUBNETS.map((name) => [name, subnet[name] ?? null]));
}

function prefixOf(subnets: readonly SubnetData[], id: string): { prefixlen?: number } {
  const cidr = subnets.find((subnet) => subnet.id === id)?.cidr;
  return typeof cidr === 'string' ? { prefixlen: Number(cidr.split('/')[1]) } : {};
}

async function firstGateways(db: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ router_id: string; port_id: string }>`
    select distinct on (router_id) router_id, port_id from router_gateways
    where router_id = any(${[...ids]}::text[]) order by router_id, position`.execute(db);
  return new Map(rows.map((row) => [row.router_id, row.port_id]));
}

async function scopesOfSubnets(db: Queries, networks: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; scope: string }>`
    select s.id, p.address_scope_id as scope from subnets s join subnetpools p on p.id = s.subnetpool_id
    where s.network_id = any(${[...networks]}::text[]) and p.address_scope_id is not null`.execute(db);
  return new Map(rows.map(({ id, scope }) => [id, scope]));
}

/** The address scopes of the fixed addresses to which floating IPs lead. */
async function scopesOfAddresses(db: Queries, ips: readonly FloatingIpData[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; scope: string }>`
    select f.id, p.address_scope_id as scope
    from floatingips f
    join ip_allocations a on a.port_id = f.port_id and a.ip_address = f.fixed_ip_address
    join subnets s on s.id = a.subnet_id
    join subnetpools p on p.id = s.subnetpool_id
    where f.id = any(${ips.map(({ id }) => id)}::text[]) and p.address_scope_id is not null`.execute(db);
  return new Map(rows.map(({ id, scope }) => [id, scope]));
}
