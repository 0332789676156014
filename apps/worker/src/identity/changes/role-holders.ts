import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { revocationSubject } from '#libs/contracts';
import type { Queries } from '../../store/index.js';

/** Above this many tokens of a user for a scope, all tokens of the users are meant: it is a message. */
const MOST_SUBJECTS = 1000;

/**
 * What ends with assignments (a condition as for `heldBy`): application credentials of those who held them there; answers
 * whose tokens do. Before the assignments change.
 */
export async function endHeld(db: Queries, condition: RawBuilder<unknown>): Promise<readonly string[]> {
  const subjects = await heldBy(db, condition);
  await sql`
    delete from application_credentials c using (select distinct h.user_id, h.project_id from held_roles h
      where ${condition} and h.project_id is not null) ended
    where c.user_id = ended.user_id and c.project_id = ended.project_id`.execute(db);
  return subjects;
}

/**
 * Whose tokens rest on some assignments (a condition on `h`, a row of held_roles): what a revocation names. Read before
 * the assignments change.
 */
export async function heldBy(db: Queries, condition: RawBuilder<unknown>): Promise<readonly string[]> {
  const held = await sql<{
    user_id: string;
    project_id: string | null;
    domain_id: string | null;
    system: 'all' | null;
  }>`
    select distinct h.user_id, h.project_id, h.domain_id, h.system from held_roles h where ${condition}
    order by 1, 2, 3, 4 limit ${MOST_SUBJECTS + 1}`.execute(db);
  if (held.rows.length <= MOST_SUBJECTS) return held.rows.map((row) => revocationSubject.grant(row.user_id, row));
  const users = await sql<{ user_id: string }>`
    select distinct h.user_id from held_roles h where ${condition} order by 1`.execute(db);
  return users.rows.map((row) => revocationSubject.user(row.user_id));
}
