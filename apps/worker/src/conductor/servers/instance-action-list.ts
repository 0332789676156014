import { ExpectedError } from '#libs/contracts';
import type { InstanceActionArgs, InstanceActionData, InstanceActionListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceRow } from '../../instances/instance-row.js';
import { changedBefore, changedSince } from '../../listing/filters.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { ownerOf } from './actions/action-handler.js';
import { visibleServer } from './visible-server.js';

const RULE = 'os_compute_api:os-instance-actions';
const MAX_PAGE = 1000;

/** The actions that were requested on servers, and their results. */
export class InstanceActionList {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  /** Errors: InstanceNotFound, MarkerNotFound, PolicyNotAuthorized. */
  async list(context: RequestContext, args: InstanceActionListArgs): Promise<Page<InstanceActionData>> {
    const instance = await this.#server(context, args.id, args.with_deleted, 'list');
    const after = args.marker === undefined ? null : await this.#marker(args.id, args.marker);
    const limit = Math.min(args.limit ?? MAX_PAGE, MAX_PAGE);
    let query = this.store.db
      .selectFrom('instance_actions')
      .selectAll()
      .where('instance_id', '=', args.id)
      .orderBy('start_time', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (after !== null) query = query.where('id', '<', after);
    const { changes_since: since, changes_before: before } = args;
    if (since !== undefined) query = query.where(changedSince('updated_at', since));
    if (before !== undefined) query = query.where(changedBefore('updated_at', before));
    const rows = await query.execute();
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? (page.at(-1)?.request_id ?? null) : null;
    return { objects: page.map((row) => described(row, instance, [])), next_marker: next };
  }

  /** Errors: InstanceNotFound, InstanceActionNotFound, PolicyNotAuthorized. */
  async get(context: RequestContext, args: InstanceActionArgs): Promise<InstanceActionData> {
    const instance = await this.#server(context, args.id, args.with_deleted, 'show');
    const row = await this.store.db
      .selectFrom('instance_actions')
      .selectAll()
      .where('instance_id', '=', args.id)
      .where('request_id', '=', args.request_id)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) {
      throw new ExpectedError('InstanceActionNotFound', `Action ${args.request_id} not found`);
    }
    const events = await this.store.db
      .selectFrom('instance_action_events')
      .select(['event', 'host', 'start_time', 'finish_time', 'result', 'traceback', 'details'])
      .where('action_id', '=', row.id)
      .orderBy('id', 'desc')
      .execute();
    const may = (rule: string): boolean => this.authorizer.allows(context, 'compute', rule, ownerOf(instance));
    const [withTraceback, withDetails] = [may(`${RULE}:events`), may(`${RULE}:events:details`)];
    const shown = events.map((event) => ({
      ...event,
      traceback: withTraceback ? event.traceback : null,
      details: withDetails ? event.details : null,
    }));
    return described(row, instance, shown);
  }

  async #marker(instanceId: string, requestId: string): Promise<number> {
    const found = await this.store.db
      .selectFrom('instance_actions')
      .select('id')
      .where('instance_id', '=', instanceId)
      .where('request_id', '=', requestId)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (found === undefined) {
      throw new ExpectedError('MarkerNotFound', `Marker ${requestId} could not be found.`, { marker: requestId });
    }
    return found.id;
  }

  async #server(context: RequestContext, id: string, withDeleted: boolean, rule: string): Promise<InstanceRow> {
    const row = await visibleServer(this.store.db, this.authorizer, context, id, withDeleted);
    this.authorizer.authorize(context, 'compute', `${RULE}:${rule}`, ownerOf(row));
    return row;
  }
}

function described(
  row: Omit<InstanceActionData, 'instance_uuid' | 'owner_project_id' | 'events'>,
  { id, project_id: project }: InstanceRow,
  events: InstanceActionData['events'],
): InstanceActionData {
  const { action, request_id, user_id, project_id, message, start_time, updated_at } = row;
  return {
    action,
    instance_uuid: id,
    request_id,
    user_id,
    project_id,
    owner_project_id: project,
    message,
    start_time,
    updated_at,
    events,
  };
}
