import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ServerTagsArgs, ServerTagsData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { clock } from '../../instances/instance-states.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { lockServer } from './load-server.js';
import { invalidState } from './server-errors.js';

/** nova's policy rules and names of the four changes. */
const RULES = { add: 'update', replace: 'update_all', remove: 'delete', clear: 'delete_all' } as const;
const METHODS = { add: 'update tag', replace: 'update tags', remove: 'delete tag', clear: 'delete tags' } as const;

const MAX_TAGS = 50;
const STATES = new Set(['active', 'paused', 'suspended', 'stopped']);

/** The tags of a server. */
export class ServerTagItems {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  /** Errors: InstanceNotFound, InstanceInvalidState, ServerTagNotFound, InvalidInput (too many), PolicyNotAuthorized. */
  change(context: RequestContext, { id, change, tags }: ServerTagsArgs): Promise<ServerTagsData> {
    return this.store.transaction(
      async (tx) => {
        const row = await lockServer(tx, this.authorizer, context, id);
        const target = { project_id: row.project_id, user_id: row.user_id };
        this.authorizer.authorize(context, 'compute', `os_compute_api:os-server-tags:${RULES[change]}`, target);
        if (!STATES.has(row.vm_state)) throw invalidState(row, METHODS[change], 'vm_state');
        const before = new Set(row.tags);
        if (change === 'add' && before.size >= MAX_TAGS) {
          throw new ExpectedError('InvalidInput', `The number of tags exceeded the per-server limit ${MAX_TAGS}`);
        }
        const missing = change === 'remove' ? tags.find((tag) => !before.has(tag)) : undefined;
        if (missing !== undefined) {
          throw new ExpectedError('ServerTagNotFound', `Instance ${id} has no tag '${missing}'`);
        }
        const kept = change === 'add' || change === 'remove' ? row.tags : [];
        const left = change === 'remove' ? kept.filter((tag) => !tags.includes(tag)) : [...kept, ...tags];
        const after = [...new Set(left)].toSorted();
        await tx
          .updateTable('instances')
          .set({ tags: sql`${JSON.stringify(after)}::jsonb`, updated_at: clock })
          .where('id', '=', id)
          .execute();
        return { tags: after, added: change === 'add' && tags.some((tag) => !before.has(tag)) };
      },
      { name: 'server_tags' },
    );
  }
}
