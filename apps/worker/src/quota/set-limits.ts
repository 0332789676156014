import { sql } from 'kysely';
import type { Queries, Transaction } from '../store/index.js';
import type { Amounts, QuotaService } from './quota-resources.js';

/** Sets limits of a project; its other limits stay. */
export async function setLimits<S extends QuotaService>(
  tx: Transaction,
  service: S,
  projectId: string,
  limits: Partial<Amounts<S>>,
): Promise<void> {
  for (const [resource, limit] of Object.entries(limits)) {
    await sql`
      insert into quotas (service, project_id, resource, hard_limit)
      values (${service}, ${projectId}, ${resource}, ${limit})
      on conflict (service, project_id, resource) do update set hard_limit = excluded.hard_limit`.execute(tx);
  }
}

/** Sets limits of a user within a project. */
export async function setUserLimits(
  tx: Transaction,
  service: QuotaService,
  { projectId, userId }: { readonly projectId: string; readonly userId: string },
  limits: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [resource, limit] of Object.entries(limits)) {
    await sql`
      insert into user_quotas (service, project_id, user_id, resource, hard_limit)
      values (${service}, ${projectId}, ${userId}, ${resource}, ${limit})
      on conflict (service, project_id, user_id, resource) do update set hard_limit = excluded.hard_limit`.execute(tx);
  }
}

/** Sets limits of a class of projects. */
export async function setClassLimits(
  tx: Transaction,
  service: QuotaService,
  className: string,
  limits: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [resource, limit] of Object.entries(limits)) {
    await sql`
      insert into quota_classes (service, class_name, resource, hard_limit)
      values (${service}, ${className}, ${resource}, ${limit})
      on conflict (service, class_name, resource) do update set hard_limit = excluded.hard_limit`.execute(tx);
  }
}

/** Deletes limits of users within a project: of one user, or of all. */
export async function deleteUserLimits(
  tx: Transaction,
  service: QuotaService,
  projectId: string,
  userId?: string,
): Promise<void> {
  let query = tx.deleteFrom('user_quotas').where('service', '=', service).where('project_id', '=', projectId);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  await query.execute();
}

/** Deletes a project's own limits; false if it had none. */
export async function deleteLimits(tx: Transaction, service: QuotaService, projectId: string): Promise<boolean> {
  const result = await sql`
    delete from quotas where service = ${service} and project_id = ${projectId}`.execute(tx);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Projects with limits of their own. */
export async function projectsWithLimits(db: Queries, service: QuotaService): Promise<readonly string[]> {
  const { rows } = await sql<{ project_id: string }>`
    select distinct project_id from quotas where service = ${service} order by project_id`.execute(db);
  return rows.map((row) => row.project_id);
}
