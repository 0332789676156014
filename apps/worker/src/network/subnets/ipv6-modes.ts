import type { SubnetInput } from '#libs/contracts';
import type { Cidr } from '../ipam/address.js';
import { formatCidr } from '../ipam/address.js';
import { invalidInput } from '../network.errors.js';

const MODES = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'];

/**
 * Modes in which a host derives its own address from its MAC (EUI-64): IPAM computes this address and assigns no other.
 */
export function isAutoAddressed(subnet: {
  readonly ip_version: number;
  readonly ipv6_address_mode: string | null;
}): boolean {
  const mode = subnet.ipv6_address_mode;
  return subnet.ip_version === 6 && (mode === 'slaac' || mode === 'dhcpv6-stateless');
}

/** Checks the two IPv6 attributes against each other and the subnet. Throws InvalidInput with neutron's texts. */
export function checkIpv6Modes(
  cidr: Cidr,
  input: Pick<SubnetInput, 'ipv6_ra_mode' | 'ipv6_address_mode' | 'enable_dhcp'>,
): { readonly ipv6_ra_mode: string | null; readonly ipv6_address_mode: string | null } {
  const raMode = input.ipv6_ra_mode ?? null;
  const addressMode = input.ipv6_address_mode ?? null;
  for (const [name, mode] of [
    ['ipv6_ra_mode', raMode],
    ['ipv6_address_mode', addressMode],
  ] as const) {
    if (mode === null) continue;
    if (cidr.version === 4) throw invalidInput(`${name} is not valid when ip_version is 4`);
    if (!MODES.includes(mode)) throw invalidInput(`'${mode}' is not in ${JSON.stringify(MODES)} for ${name}`);
    if (input.enable_dhcp === false) {
      throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
    }
  }
  if (raMode !== null && addressMode !== null && raMode !== addressMode) {
    throw invalidInput(
      `ipv6_ra_mode set to '${raMode}' with ipv6_address_mode set to '${addressMode}' is not valid. If both attributes are set, they must be the same value`,
    );
  }
  const automatic = [raMode, addressMode].some((mode) => mode === 'slaac' || mode === 'dhcpv6-stateless');
  if (automatic && cidr.prefix !== 64) {
    throw invalidInput(
      `Invalid CIDR ${formatCidr(cidr)} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
  }
  return { ipv6_ra_mode: raMode, ipv6_address_mode: addressMode };
}
