import { ExpectedError } from '#libs/contracts';
import type { InstancePasswordArgs, ServerEventsArgs, ServerPasswordArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store } from '../../store/index.js';
import { ownerOf } from './actions/action-handler.js';
import { instanceNotFound } from './server-errors.js';
import type { ServerEventEffects } from './server-events.js';
import type { ServerService } from './server.service.js';
import { visibleServer } from './visible-server.js';

const RULES = 'os_compute_api:os-server-password';
const EVENT_RULE = 'os_compute_api:os-server-external-events:create';

/** Events that need a tag. */
const TAGGED = new Set(['volume-extended', 'power-update', 'accelerator-request-bound']);

/** Data from other sources than the cloud's users: passwords set by guests, events of other services. */
export class ServerOutside {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly servers: ServerService,
    private readonly effects: ServerEventEffects,
  ) {}

  /** Errors: InstanceNotFound, PolicyNotAuthorized. */
  async password(context: RequestContext, { id, clear }: ServerPasswordArgs): Promise<string> {
    const row = await visibleServer(this.store.db, this.authorizer, context, id);
    this.authorizer.authorize(context, 'compute', `${RULES}:${clear ? 'clear' : 'show'}`, ownerOf(row));
    if (clear) await this.store.db.updateTable('instances').set({ password: null }).where('id', '=', id).execute();
    return clear ? '' : (row.password ?? '');
  }

  /** A guest can set its password once, until a user clears it. Errors: InstanceNotFound, Conflict. */
  async setPassword({ password, ...asker }: InstancePasswordArgs): Promise<void> {
    const { server } = await this.servers.metadata(asker);
    const set = await this.store.db
      .updateTable('instances')
      .set({ password })
      .where('id', '=', server.id)
      .where('deleted', '=', false)
      .where((eb) => eb.or([eb('password', 'is', null), eb('password', '=', '')]))
      .executeTakeFirst();
    if (set.numUpdatedRows > 0n) return;
    const found = this.store.db.selectFrom('instances').select('id').where('id', '=', server.id);
    if ((await found.where('deleted', '=', false).executeTakeFirst()) === undefined) throw instanceNotFound(server.id);
    throw new ExpectedError('Conflict', 'There was a conflict when trying to complete your request.');
  }

  /**
   * Accepts events for servers that are on a host. They have taken effect when it returns, or a cast to the host is
   * stored.
   */
  async events(context: RequestContext, { events }: ServerEventsArgs): Promise<number[]> {
    this.authorizer.authorize(context, 'compute', EVENT_RULE, {});
    const ids = [...new Set(events.map(({ server_uuid: id }) => id))];
    const rows = await this.store.db
      .selectFrom('instances')
      .select(['id', 'host'])
      .where('id', 'in', ids.length === 0 ? [''] : ids)
      .where('deleted', '=', false)
      .execute();
    const hosts = new Map(rows.map(({ id, host }) => [id, host]));
    const codes = events.map(({ server_uuid: id, name, tag }) => {
      const host = hosts.get(id);
      if (host === undefined) return 404;
      if (TAGGED.has(name) && tag === undefined) return 400;
      return host === null ? 422 : 200;
    });
    for (const [at, event] of events.entries()) if (codes[at] === 200) await this.effects.of(context, event);
    return codes;
  }
}
