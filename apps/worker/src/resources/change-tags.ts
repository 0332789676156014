import { sql } from 'kysely';
import { ExpectedError, MOST_TAGS } from '#libs/contracts';
import type { TagChange, TagOperation } from '#libs/contracts';
import type { Transaction } from '../store/index.js';
import type { ResourceTable } from './resource-table.js';

export interface TagChanges {
  readonly change: TagChange;
  readonly operation: TagOperation;
  readonly tags: readonly string[];
}

/**
 * Changes the tags of a row that the caller has locked, and returns them. A row that already has the wanted tags does
 * not change. Errors: TagNotFound for a tag to be removed that does not exist, NetworkBadRequest for too many tags.
 */
export async function changeTags(
  tx: Transaction,
  { table, declaration }: ResourceTable,
  id: string,
  { change, tags }: TagChanges,
): Promise<readonly string[]> {
  const found = await sql<{ tags: string[] }>`select tags from ${sql.table(table)} where id = ${id}`.execute(tx);
  const before = found.rows[0]?.tags ?? [];
  const wanted = wantedTags(before, change, tags);
  if (wanted.length > MOST_TAGS) {
    const text = `Bad ${declaration.plural} request: The number of tags exceed the per-resource limit of ${MOST_TAGS}.`;
    throw new ExpectedError('NetworkBadRequest', text);
  }
  if (wanted.length === before.length && wanted.every((tag) => before.includes(tag))) return before;
  await sql`
    update ${sql.table(table)}
    set tags = ${JSON.stringify(wanted)}::jsonb, revision_number = revision_number + 1, updated_at = business_now()
    where id = ${id}`.execute(tx);
  return wanted;
}

/** Sorted by text, which is the order of neutron's key (MySQL). */
function wantedTags(before: readonly string[], change: TagChange, tags: readonly string[]): readonly string[] {
  if (change === 'replace') return [...new Set(tags)].toSorted();
  if (change === 'add') return [...new Set([...before, ...tags])].toSorted();
  const missing = tags.find((tag) => !before.includes(tag));
  if (missing !== undefined) throw new ExpectedError('TagNotFound', `Tag ${missing} could not be found.`);
  return before.filter((tag) => !tags.includes(tag));
}
