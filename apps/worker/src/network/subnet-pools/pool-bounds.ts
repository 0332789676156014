import { ExpectedError } from '#libs/contracts';
import { ADDRESS_BITS } from '../ipam/address.js';
import { parseCidr } from '../ipam/cidr.js';

/** How long prefixes of a pool's subnets are. */
export interface PoolBounds {
  readonly min_prefixlen: number;
  readonly max_prefixlen: number;
  readonly default_prefixlen: number;
}

const SHORTEST = { 4: 8, 6: 64 } as const;

/** The version of a pool's prefixes. Errors: EmptySubnetPoolPrefixList, PrefixVersionMismatch. */
export function versionOf(prefixes: readonly string[]): 4 | 6 {
  const versions = new Set(prefixes.map((prefix) => parseCidr(prefix)?.version));
  const [version] = versions;
  if (version === undefined) throw new ExpectedError('EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (versions.size === 1) return version;
  throw new ExpectedError('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
}

/** Fills in what is absent. Error IllegalSubnetPoolPrefixBounds (neutron.ipam.subnet_alloc.SubnetPoolReader). */
export function planBounds(
  version: 4 | 6,
  given: { readonly [K in keyof PoolBounds]?: number | undefined },
): PoolBounds {
  const bits = ADDRESS_BITS[version];
  const min = given.min_prefixlen ?? SHORTEST[version];
  const max = given.max_prefixlen ?? bits;
  const standard = given.default_prefixlen ?? min;
  if (min > max) throw illegal('min_prefixlen', min, 'max_prefixlen', max);
  if (max > bits) throw illegal('max_prefixlen', max, 'ip_version_max', max);
  if (standard < min) throw illegal('default_prefixlen', standard, 'min_prefixlen', min);
  if (standard > max) throw illegal('default_prefixlen', standard, 'max_prefixlen', max);
  return { min_prefixlen: min, max_prefixlen: max, default_prefixlen: standard };
}

function illegal(name: string, value: number, base: string, bound: number): ExpectedError {
  const text = `Illegal prefix bounds: ${name}=${value}, ${base}=${bound}.`;
  return new ExpectedError('IllegalSubnetPoolPrefixBounds', text);
}
