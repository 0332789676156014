import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';

/** Error DefaultExternalNetworkExists: a cloud has one; two that look at the same time come one after the other. */
export async function requireNoDefaultNetwork(tx: Transaction, ownId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('networks:default', 0))`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    select id from networks where is_default and router_external and id <> ${ownId} limit 1`.execute(tx);
  const [found] = rows;
  if (found === undefined) return;
  const text = `A default external network already exists: ${found.id}.`;
  throw new ExpectedError('DefaultExternalNetworkExists', text);
}
