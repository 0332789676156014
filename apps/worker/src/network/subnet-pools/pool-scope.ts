import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { SubnetPoolData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import type { Transaction } from '../../store/index.js';
import { AddressScopeManager } from '../address-scopes/address-scope-manager.js';
import { overlap, prefixSet } from '../ipam/prefix-set.js';

/**
 * Checks that a pool may be in an address scope, and locks the scope's other pools against changes until the commit.
 * Errors: AddressScopeNotFound, IllegalSubnetPoolIpVersionAssociationToAddressScope, NetworkAddressScopeAffinityError,
 * AddressScopePrefixConflict.
 */
export async function requireScope(
  managers: ResourceManagers,
  tx: Transaction,
  context: RequestContext,
  pool: Pick<SubnetPoolData, 'id' | 'ip_version' | 'prefixes'>,
  scopeId: string | null,
): Promise<void> {
  if (scopeId === null) return;
  const scope = await managers.get(AddressScopeManager).lockVisible(tx, context, scopeId);
  if (scope.ip_version !== pool.ip_version) {
    const text = `Illegal subnetpool association: subnetpool ${pool.id} cannot associate with address scope ${scopeId} because subnetpool ip_version is not ${scope.ip_version}.`;
    throw new ExpectedError('IllegalSubnetPoolIpVersionAssociationToAddressScope', text);
  }
  await requireWholeNetworks(tx, pool);
  const { rows } = await sql<{ prefixes: string[] }>`
    select prefixes from subnetpools where address_scope_id = ${scopeId} and id <> ${pool.id}`.execute(tx);
  const own = prefixSet(pool.ip_version, pool.prefixes);
  if (!rows.some(({ prefixes }) => overlap(prefixSet(pool.ip_version, prefixes), own))) return;
  throw new ExpectedError(
    'AddressScopePrefixConflict',
    'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
  );
}

/** Refuses the change if a network has subnets from this pool and from others: it would have subnets in two scopes. */
async function requireWholeNetworks(
  tx: Transaction,
  { id, ip_version: version }: Pick<SubnetPoolData, 'id' | 'ip_version'>,
): Promise<void> {
  const { rows } = await sql`
    select 1 from subnets s join subnets other on other.network_id = s.network_id and other.ip_version = ${version}
    where s.subnetpool_id = ${id} and other.subnetpool_id is distinct from s.subnetpool_id limit 1`.execute(tx);
  if (rows.length > 0) throw scopeAffinity();
}

export function scopeAffinity(): ExpectedError {
  return new ExpectedError(
    'NetworkAddressScopeAffinityError',
    'Subnets of the same address family hosted on the same network must all participate in the same address scope.',
  );
}
