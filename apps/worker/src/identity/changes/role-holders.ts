import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { revocationSubject } from '#libs/contracts';
import type { Queries } from '../../store/index.js';

/** Above this many grants, all tokens of the users are revoked instead, since the list is sent in a message. */
const MOST_SUBJECTS = 1000;

/**
 * Deletes what depends on assignments (a condition as for `heldBy`): application credentials of users who held them
 * there. Returns the subjects whose tokens depend on them. Called before the assignments change.
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
 * The subjects whose tokens depend on assignments (a condition on `h`, a row of held_roles), for a revocation. Called
 * before the assignments change.
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
