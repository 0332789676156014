import { ExpectedError } from '#libs/contracts';

/** The smallest MTU of a network with subnets (RFC 791), and with one of IPv6 (RFC 8200). */
const LEAST = { 4: 68, 6: 1280 } as const;

/**
 * Makes sure that a network's MTU is enough for subnets of these IP versions. Error NetworkMTUSubnetConflict, as
 * neutron's db_base_plugin_v2.
 */
export function requireMtuFor(versions: readonly (4 | 6)[], networkId: string, mtu: number): void {
  const least =
    versions.length === 0 ? 0 : mtu < LEAST[4] ? LEAST[4] : Math.max(...versions.map((each) => LEAST[each]));
  if (mtu >= least) return;
  const text = `MTU of ${networkId} is not valid, subnet requires a minimum of ${least}`;
  throw new ExpectedError('NetworkMTUSubnetConflict', text, { network_id: networkId, mtu: least });
}
