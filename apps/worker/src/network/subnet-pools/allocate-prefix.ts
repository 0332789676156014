import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { SubnetInput, SubnetPoolData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import type { Transaction } from '../../store/index.js';
import { formatCidr, parseCidr } from '../ipam/address.js';
import { isWithin, networksOf, prefixSet, without } from '../ipam/prefix-set.js';
import { badRequest } from '../network.errors.js';
import { scopeAffinity } from './pool-scope.js';
import { SubnetPoolManager, takenOf } from './subnet-pool-manager.js';

/** A requested subnet, with its project and network. */
export interface PoolRequest {
  readonly input: SubnetInput;
  readonly owner: string;
  readonly networkId: string;
}

/** The CIDR of a new subnet, and the pool from which it was taken. */
export interface Allocation {
  readonly cidr: string | undefined;
  readonly poolId: string | null;
}

/**
 * Takes the CIDR of a new subnet from the requested pool (`subnetpool_id`, `use_default_subnetpool`) and locks the pool
 * until the commit; without a pool, uses the client's CIDR. The network's row is already locked. Errors with neutron's
 * texts (neutron.ipam.subnet_alloc): about the pool, its bounds, quota and prefixes, and about the network's affinity.
 */
export async function allocatePrefix(
  managers: ResourceManagers,
  tx: Transaction,
  context: RequestContext,
  request: PoolRequest,
): Promise<Allocation> {
  const { input, networkId } = request;
  if (input.cidr !== undefined && input.prefixlen !== undefined) {
    throw badRequest('subnets', 'cidr and prefixlen must not be supplied together');
  }
  const pools = managers.get(SubnetPoolManager);
  const poolId = await poolOf(pools, tx, input);
  if (poolId === null) {
    await requireAffinity(tx, networkId, input.cidr === undefined ? undefined : parseCidr(input.cidr)?.version, null);
    return { cidr: input.cidr, poolId };
  }
  if (input.cidr === undefined && (input.allocation_pools ?? []).length > 0) {
    throw badRequest('subnets', 'allocation_pools allowed only for specific subnet requests.');
  }
  // A shared pool may belong to another project; its row is locked as well, so that free prefixes stay free.
  const pool = await pools.lockVisible(tx, context, poolId);
  if (input.ip_version !== undefined && input.ip_version !== pool.ip_version) {
    const reason = `Cannot allocate IPv${input.ip_version} subnet from IPv${pool.ip_version} subnet pool`;
    throw badRequest('subnets', reason);
  }
  await requireAffinity(tx, networkId, pool.ip_version, pool);
  return { cidr: await takePrefix(tx, pool, request), poolId };
}

async function poolOf(pools: SubnetPoolManager, tx: Transaction, input: SubnetInput): Promise<string | null> {
  const { subnetpool_id: asked = null, use_default_subnetpool: standard = false, cidr } = input;
  if (!standard) return asked;
  if (asked !== null) {
    throw badRequest('subnets', 'subnetpool_id and use_default_subnetpool cannot both be specified');
  }
  const version = cidr === undefined ? input.ip_version : parseCidr(cidr)?.version;
  if (version === undefined) {
    throw badRequest('subnets', 'ip_version must be specified in the absence of cidr and subnetpool_id');
  }
  const found = await pools.findDefault(tx, version);
  if (found === undefined) throw badRequest('subnets', `No default subnetpool found for IPv${version}`);
  return found;
}

/** Bits of the unit that a pool's quota counts. */
const UNIT = { 4: 32, 6: 64 } as const;

async function takePrefix(tx: Transaction, pool: SubnetPoolData, { input, owner }: PoolRequest): Promise<string> {
  const { ip_version: version } = pool;
  const specific = input.cidr === undefined ? null : parseCidr(input.cidr);
  const length = specific?.prefix ?? input.prefixlen ?? pool.default_prefixlen;
  requireLength(pool, length);
  await requirePoolQuota(tx, pool, owner, length);
  const free = without(prefixSet(version, pool.prefixes), prefixSet(version, await takenOf(tx, pool.id)));
  if (specific !== null) {
    const cidr = formatCidr(specific);
    if (isWithin(prefixSet(version, [cidr]), free)) return cidr;
    throw allocationError('Cannot allocate requested subnet from the available set of prefixes');
  }
  // The smallest free block that is large enough, so that large blocks stay whole.
  const [piece] = networksOf(free)
    .filter(({ prefix }) => prefix <= length)
    .toSorted((a, b) => b.prefix - a.prefix);
  if (piece === undefined) throw allocationError(`Insufficient prefix space to allocate subnet size /${length}`);
  return formatCidr({ ...piece, prefix: length });
}

function requireLength(pool: SubnetPoolData, length: number): void {
  const { min_prefixlen: min, max_prefixlen: max } = pool;
  const text = `Unable to allocate subnet with prefix length ${length},`;
  if (length > max) {
    throw new ExpectedError('MaxPrefixSubnetAllocationError', `${text} maximum allowed prefix is ${max}.`);
  }
  if (length < min) {
    throw new ExpectedError('MinPrefixSubnetAllocationError', `${text} minimum allowed prefix is ${min}.`);
  }
}

async function requirePoolQuota(
  tx: Transaction,
  pool: SubnetPoolData,
  projectId: string,
  length: number,
): Promise<void> {
  const { default_quota: quota } = pool;
  // neutron also treats 0 as no quota.
  if (quota === null || quota === 0) return;
  const units = (prefix: number): number => 2 ** (UNIT[pool.ip_version] - prefix);
  const taken = await takenOf(tx, pool.id, projectId);
  const used = taken.map((cidr) => units(parseCidr(cidr)?.prefix ?? 0)).reduce((sum, each) => sum + each, 0);
  if (used + units(length) <= quota) return;
  throw new ExpectedError('SubnetPoolQuotaExceeded', 'Per-project subnet pool prefix quota exceeded.');
}

/** All subnets of one IP version in a network must come from one pool, or from pools of one address scope. */
async function requireAffinity(
  tx: Transaction,
  networkId: string,
  version: 4 | 6 | undefined,
  pool: SubnetPoolData | null,
): Promise<void> {
  const { rows } = await sql<{ subnetpool_id: string | null; address_scope_id: string | null }>`
    select s.subnetpool_id, p.address_scope_id from subnets s left join subnetpools p on p.id = s.subnetpool_id
    where s.network_id = ${networkId} and s.ip_version = ${version ?? 0}`.execute(tx);
  const scope = rows.find((row) => row.address_scope_id !== null)?.address_scope_id ?? null;
  if (pool !== null && scope !== null && pool.address_scope_id !== scope) throw scopeAffinity();
  const foreign =
    pool === null
      ? rows.some((row) => row.subnetpool_id !== null)
      : scope === null && rows.some((row) => row.subnetpool_id !== pool.id);
  if (!foreign) return;
  throw new ExpectedError(
    'NetworkSubnetPoolAffinityError',
    'Subnets hosted on the same network must be allocated from the same subnet pool.',
  );
}

function allocationError(reason: string): ExpectedError {
  return new ExpectedError('SubnetAllocationError', `Failed to allocate subnet: ${reason}.`);
}
