import { sql } from 'kysely';
import { ExpectedError, SubnetPool } from '#libs/contracts';
import type { SubnetPoolData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import type { Queries, Transaction } from '../../store/index.js';
import { cidrsOf, isWithin, overlap, prefixSet, without } from '../ipam/prefix-set.js';
import { invalidInput } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { SharedManager } from '../sharing/shared-manager.js';
import { requireScope } from './pool-scope.js';
import { ADDRESS_BITS, parseCidr } from '../ipam/address.js';

/** The lengths of prefixes that a pool allocates. */
interface PoolBounds {
  readonly min_prefixlen: number;
  readonly max_prefixlen: number;
  readonly default_prefixlen: number;
}

const SHORTEST = { 4: 8, 6: 64 } as const;

/** The IP version of a pool's prefixes. Errors: EmptySubnetPoolPrefixList, PrefixVersionMismatch. */
function versionOf(prefixes: readonly string[]): 4 | 6 {
  const versions = new Set(prefixes.map((prefix) => parseCidr(prefix)?.version));
  const [version] = versions;
  if (version === undefined) throw new ExpectedError('EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (versions.size === 1) return version;
  throw new ExpectedError('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
}

/** Fills in absent values. Error IllegalSubnetPoolPrefixBounds (neutron.ipam.subnet_alloc.SubnetPoolReader). */
function planBounds(version: 4 | 6, given: { readonly [K in keyof PoolBounds]?: number | undefined }): PoolBounds {
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

type PoolDraft = Draft<SubnetPoolData>;

/**
 * Errors besides those of every resource: those of prefixes and their bounds, of address scopes, and
 * SubnetPoolDeleteError, IllegalSubnetPoolUpdate.
 */
@Manages(SubnetPool)
export class SubnetPoolManager extends SharedManager<SubnetPoolData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<SubnetPoolData>>> = {
    add_prefixes: async (tx, pool, { prefixes }, context) => {
      const added = texts(prefixes);
      return { prefixes: added.length === 0 ? pool.prefixes : await this.#addPrefixes(tx, context, pool, added) };
    },
    remove_prefixes: async (tx, pool, { prefixes }) => ({
      prefixes: await this.#removePrefixes(tx, pool, texts(prefixes)),
    }),
    onboard_network_subnets: (tx, pool, { network_id: network }, context) =>
      this.#onboard(tx, context, pool, String(network)),
  };

  protected override async beforeCreate(tx: Transaction, draft: PoolDraft, context: RequestContext): Promise<void> {
    const { input, values, id } = draft;
    const version = versionOf(input.prefixes ?? []);
    const prefixes = cidrsOf(prefixSet(version, input.prefixes ?? []));
    Object.assign(values, { prefixes, ip_version: version, ...planBounds(version, input) });
    if (input.is_default === true) await requireNoDefault(tx, version);
    const pool = { id, ip_version: version, prefixes };
    await requireScope(this.shared.managers, tx, context, pool, input.address_scope_id ?? null);
  }

  protected override async beforeUpdate(
    tx: Transaction,
    change: Change<SubnetPoolData>,
    context: RequestContext,
  ): Promise<void> {
    const { row, input, values } = change;
    const prefixes = input.prefixes === undefined ? row.prefixes : grown(row, input.prefixes);
    const version = versionOf(prefixes);
    Object.assign(values, { prefixes, ...planBounds(version, { ...row, ...input }) });
    if (input.is_default === true && !row.is_default) await requireNoDefault(tx, version);
    await this.#requireOwnScope(tx, context, row);
    const scope = input.address_scope_id === undefined ? row.address_scope_id : input.address_scope_id;
    await requireScope(this.shared.managers, tx, context, { id: row.id, ip_version: version, prefixes }, scope);
  }

  protected override async beforeDelete(tx: Transaction, { id }: SubnetPoolData): Promise<void> {
    const used = await sql`select 1 from subnets where subnetpool_id = ${id} limit 1`.execute(tx);
    if (used.rows.length === 0) return;
    const text = 'Unable to delete subnet pool: Subnet pool has existing allocations.';
    throw new ExpectedError('SubnetPoolDeleteError', text);
  }

  /** The default pool of an IP version, if there is one. */
  async findDefault(db: Queries, version: 4 | 6): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      select id from subnetpools where is_default and ip_version = ${version}`.execute(db);
    return rows[0]?.id;
  }

  async #addPrefixes(
    tx: Transaction,
    context: RequestContext,
    pool: SubnetPoolData,
    added: readonly string[],
  ): Promise<readonly string[]> {
    const prefixes = grown(pool, [...pool.prefixes, ...added]);
    await this.#requireOwnScope(tx, context, pool);
    await requireScope(this.shared.managers, tx, context, { ...pool, prefixes }, pool.address_scope_id);
    await this.change(tx, pool.id, { prefixes });
    return prefixes;
  }

  async #removePrefixes(tx: Transaction, pool: SubnetPoolData, removed: readonly string[]): Promise<readonly string[]> {
    const { ip_version: version } = pool;
    if (removed.length > 0 && versionOf(removed) !== version) return pool.prefixes;
    const gone = prefixSet(version, removed);
    const all = prefixSet(version, pool.prefixes);
    if (!overlap(all, gone)) return pool.prefixes;
    if (overlap(prefixSet(version, await takenOf(tx, pool.id)), gone)) {
      const text = 'Illegal update to prefixes: One or more the prefixes to be removed is in use by a subnet..';
      throw new ExpectedError('IllegalSubnetPoolPrefixUpdate', text);
    }
    const prefixes = cidrsOf(without(all, gone));
    await this.change(tx, pool.id, { prefixes });
    return prefixes;
  }

  /** Onboards the subnets of a network into the pool, which grows by their prefixes. */
  async #onboard(tx: Transaction, context: RequestContext, pool: SubnetPoolData, networkId: string): Promise<object> {
    const network = await this.shared.managers.get(NetworkManager).get(context, networkId, tx);
    if (network.project_id !== context.project_id && !context.is_admin) {
      throw new ExpectedError('NotAuthorized', 'Not authorized.');
    }
    const { rows: subnets } = await sql<{ id: string; cidr: string }>`
      select id, cidr::text as cidr from subnets
      where network_id = ${networkId} and ip_version = ${pool.ip_version} order by id for no key update`.execute(tx);
    const taken = prefixSet(pool.ip_version, await takenOf(tx, pool.id));
    const conflict = subnets.find(({ cidr }) => overlap(prefixSet(pool.ip_version, [cidr]), taken));
    if (conflict !== undefined) {
      const reason = `Onboarding subnet ${conflict.id}: ${conflict.cidr} conflicts with allocated prefixes in subnet pool ${pool.id}`;
      throw new ExpectedError('IllegalSubnetPoolUpdate', `Illegal subnetpool update : ${reason}.`);
    }
    await this.#addPrefixes(
      tx,
      context,
      pool,
      subnets.map(({ cidr }) => cidr),
    );
    await sql`
      update subnets set subnetpool_id = ${pool.id}, revision_number = revision_number + 1, updated_at = business_now()
      where id = any(${subnets.map(({ id }) => id)}::text[])`.execute(tx);
    return { subnets: subnets.map(({ id, cidr }) => ({ id, cidr })) };
  }

  /** Error IllegalSubnetPoolUpdate for a pool in another project's shared scope. */
  async #requireOwnScope(tx: Transaction, context: RequestContext, pool: SubnetPoolData): Promise<void> {
    const { address_scope_id: scope } = pool;
    if (scope === null || context.is_admin) return;
    const { rows } = await sql<{ project_id: string }>`
      select project_id from address_scopes where id = ${scope}`.execute(tx);
    if (rows[0]?.project_id === context.project_id) return;
    const reason = `subnetpool ${pool.id} cannot be updated when associated with shared address scope ${scope}`;
    throw new ExpectedError('IllegalSubnetPoolUpdate', `Illegal subnetpool update : ${reason}.`);
  }
}

/** The CIDRs of a pool's subnets. */
export async function takenOf(tx: Transaction, poolId: string, projectId?: string): Promise<readonly string[]> {
  const { rows } = await sql<{ cidr: string }>`
    select cidr::text as cidr from subnets where subnetpool_id = ${poolId}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}`.execute(tx);
  return rows.map(({ cidr }) => cidr);
}

/** Error IllegalSubnetPoolPrefixUpdate if prefixes would be removed. */
function grown({ ip_version: version, prefixes }: SubnetPoolData, wanted: readonly string[]): readonly string[] {
  if (versionOf(wanted) !== version) throw mismatch();
  const set = prefixSet(version, wanted);
  if (isWithin(prefixSet(version, prefixes), set)) return cidrsOf(set);
  const text = 'Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.';
  throw new ExpectedError('IllegalSubnetPoolPrefixUpdate', text);
}

function mismatch(): ExpectedError {
  return new ExpectedError('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Error InvalidInput if the IP version already has a default pool; concurrent callers wait for each other. */
async function requireNoDefault(tx: Transaction, version: 4 | 6): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('subnetpools:default', ${version}))`.execute(tx);
  const found = await sql`select 1 from subnetpools where is_default and ip_version = ${version}`.execute(tx);
  if (found.rows.length === 0) return;
  const reason =
    'A default subnetpool for this IP family has already been set. Only one default may exist per IP family';
  throw invalidInput(reason);
}
