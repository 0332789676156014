import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { PortData, PortInput } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';

/** Ports of network services (routers, DHCP) have no groups, whoever the caller is (neutron: is_port_trusted). */
export function isTrusted(deviceOwner: string): boolean {
  return deviceOwner.startsWith('network:');
}

export function groupsNeedPortSecurity(): ExpectedError {
  return new ExpectedError(
    'PortSecurityAndIPRequiredForSecurityGroups',
    'Port security must be enabled and port must have an IP address in order to use security groups.',
  );
}

/** Errors: groups on a port without port security, or port security disabled on a port with groups. */
export function requirePortSecurity(port: PortData, input: PortInput): void {
  if (input.port_security_enabled ?? port.port_security_enabled) return;
  // Refused because of its address pairs, which neutron checks first.
  if ((input.allowed_address_pairs ?? port.allowed_address_pairs).length > 0) return;
  if ((input.security_groups ?? []).length > 0) throw groupsNeedPortSecurity();
  if (input.security_groups !== undefined || port.security_groups.length === 0) return;
  throw new ExpectedError(
    'PortSecurityPortHasSecurityGroup',
    'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
  );
}

/** Replaces a port's groups; the groups are already locked. */
export async function replaceGroups(tx: Transaction, portId: string, groups: readonly string[]): Promise<void> {
  await sql`
    delete from port_security_groups
    where port_id = ${portId} and security_group_id <> all(${[...groups]}::text[])`.execute(tx);
  await addGroups(tx, portId, groups);
}

export async function addGroups(tx: Transaction, portId: string, groups: readonly string[]): Promise<void> {
  if (groups.length === 0) return;
  await sql`
    insert into port_security_groups (port_id, security_group_id)
    select ${portId}, unnest(${[...groups]}::text[]) on conflict do nothing`.execute(tx);
}
