import type { AllocationPool, HostRoute, SubnetData, SubnetInput } from '#libs/contracts';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { parsePools, poolOf, refuseGatewayInPools } from '../ipam/allocation-pools.js';
import { parseCidr } from '../ipam/cidr.js';
import { checkHostRoutes, checkNameservers, readGateway, requireServable } from './subnet-plan.js';
import type { SubnetLimits } from './subnet-plan.js';

/** What an update makes of a subnet's addressing. */
export interface SubnetChanges {
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
}

/** Checks a change against the subnet as it is. Throws neutron's errors. */
export function planChanges(subnet: SubnetData, input: SubnetInput, limits: SubnetLimits): SubnetChanges {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === null) throw new TypeError(`subnet ${subnet.id}: stored cidr "${subnet.cidr}" is none`);
  if (input.enable_dhcp === true && !subnet.enable_dhcp) requireServable(cidr);
  const gateway =
    input.gateway_ip === undefined
      ? subnet.gateway_ip === null
        ? null
        : parseAddress(subnet.gateway_ip)
      : readGateway(cidr, input.gateway_ip);
  const pools = parsePools(cidr, input.allocation_pools ?? subnet.allocation_pools);
  const isChanged = input.gateway_ip !== undefined || input.allocation_pools !== undefined;
  if (gateway !== null && isChanged) refuseGatewayInPools(gateway, pools);
  return {
    gateway_ip: gateway === null ? null : formatAddress(gateway),
    allocation_pools: pools.map(poolOf),
    dns_nameservers: checkNameservers(cidr, input.dns_nameservers ?? subnet.dns_nameservers, limits.maxDnsNameservers),
    host_routes: checkHostRoutes(cidr, input.host_routes ?? subnet.host_routes, limits.maxSubnetHostRoutes),
  };
}
