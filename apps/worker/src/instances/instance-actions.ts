import { sql } from 'kysely';
import type { Insertable } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../store/index.js';
import type { InstanceActionsTable } from '../store/tables/server.tables.js';
import type { Fault } from './instance-faults.js';

/** Records an action that was requested on servers: os-instance-actions lists it. */
export async function recordAction(
  tx: Transaction,
  context: RequestContext,
  instanceIds: readonly string[],
  action: string,
): Promise<void> {
  await tx
    .insertInto('instance_actions')
    .values(actionRows(context, instanceIds, action))
    .execute();
}

/** The rows of recordAction, for use in a larger statement. */
export function actionRows(
  context: RequestContext,
  instanceIds: readonly string[],
  action: string,
): Insertable<InstanceActionsTable>[] {
  const { request_id: requestId, user_id: userId, project_id: projectId } = context;
  return instanceIds.map((id) => ({
    instance_id: id,
    action,
    request_id: requestId,
    user_id: userId,
    project_id: projectId,
  }));
}

/** The action of a request. A resent step has a request of its own, so for it the last action. */
const actionOfStep = (instanceId: string, context: RequestContext) => sql`(
  select id from instance_actions where instance_id = ${instanceId}
  order by (request_id = ${context.request_id}) desc, id desc limit 1)`;

/** Records that a step begins on a host. A repeated step keeps its first start time. */
export async function beginEvent(
  db: Queries,
  context: RequestContext,
  instanceId: string,
  event: string,
  host: string | null,
): Promise<void> {
  await sql`
    insert into instance_action_events (action_id, event, host)
    select a.id, ${event}, ${host} from ${actionOfStep(instanceId, context)} a
    on conflict (action_id, event) do nothing`.execute(db);
}

/** Records that a step ended; with `failure`, the step and its action have failed. */
export async function endEvent(
  tx: Transaction,
  context: RequestContext,
  instanceId: string,
  event: string,
  failure: Fault | null = null,
): Promise<void> {
  const { message = null, details = null } = failure ?? {};
  await sql`
    with ended as (
      update instance_action_events set finish_time = business_clock(), traceback = ${details}, details = ${message},
        result = ${failure === null ? 'Success' : 'Error'}
      where action_id = (select id from ${actionOfStep(instanceId, context)} a) and event = ${event}
      returning action_id)
    update instance_actions set updated_at = business_clock(),
      message = case when ${failure !== null} then 'Error' else message end
    where id in (select action_id from ended)`.execute(tx);
}

/**
 * Records steps that are completed at once, with nova's names: `conductor_migrate_server`; those of a host with the
 * host. Their times are in their order.
 */
export async function recordEvents(
  tx: Transaction,
  context: RequestContext,
  instanceId: string,
  events: Readonly<Record<string, string | null>>,
): Promise<void> {
  const names = Object.keys(events);
  await sql`
    insert into instance_action_events (action_id, event, host, start_time, finish_time, result)
    select a.id, e.event, e.host, business_clock() + e.place * interval '1 microsecond',
      business_clock() + e.place * interval '1 microsecond', 'Success'
    from ${actionOfStep(instanceId, context)} a,
      unnest(${names}::text[], ${Object.values(events)}::text[]) with ordinality as e (event, host, place)
    order by e.place
    on conflict (action_id, event) do nothing`.execute(tx);
}
