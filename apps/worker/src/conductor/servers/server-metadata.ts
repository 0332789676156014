import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ServerMetadataArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceRow } from '../../instances/instance-row.js';
import { clock } from '../../instances/instance-states.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Quotas } from '../../quota/quotas.js';
import type { Amounts } from '../../quota/quota-resources.js';
import type { Store } from '../../store/index.js';
import { authorizeMetadata, lockServer, requireUnlocked } from './load-server.js';
import { invalidState } from './server-errors.js';

type Items = Readonly<Record<string, string>>;

/** Changes a server's metadata: the items that its owner sets, and that the metadata service shows to the guest. */
export class ServerMetadataItems {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /**
   * Returns all items after the change. Errors: InstanceNotFound, MetadataItemNotFound, InstanceInvalidState, Conflict
   * (locked), QuotaExceeded, PolicyNotAuthorized.
   */
  change(context: RequestContext, args: ServerMetadataArgs): Promise<Items> {
    return this.store.transaction(
      async (tx) => {
        const row = await lockServer(tx, this.authorizer, context, args.id);
        authorizeMetadata(this.authorizer, context, row, RULES[args.change]);
        // A missing item is found before lock and state, as in nova.
        const items = changed(row.metadata, args);
        requireUnlocked(context, row);
        requireSettled(row, args.change === 'delete' ? 'delete metadata' : 'update metadata');
        if (args.change !== 'delete') {
          requireMetadataQuota(await this.quotas.limits(tx, 'compute', row.project_id), items);
        }
        await tx
          .updateTable('instances')
          .set({ metadata: sql`${JSON.stringify(items)}::jsonb`, updated_at: clock })
          .where('id', '=', row.id)
          .execute();
        return items;
      },
      { name: 'server_metadata' },
    );
  }
}

function changed(now: Items, args: ServerMetadataArgs): Items {
  if (args.change !== 'delete') return args.change === 'replace' ? args.items : { ...now, ...args.items };
  const gone = Object.keys(args.items);
  if (gone.some((key) => !Object.hasOwn(now, key))) {
    throw new ExpectedError('MetadataItemNotFound', 'Metadata item was not found');
  }
  return Object.fromEntries(Object.entries(now).filter(([key]) => !gone.includes(key)));
}

/** nova's rules for the requests: POST, PUT of one item, PUT of all, DELETE. */
const RULES = { add: 'create', set: 'update', replace: 'update_all', delete: 'delete' } as const;

const SETTLED: ReadonlySet<string> = new Set(['active', 'paused', 'suspended', 'stopped']);

/** As in nova in any task. */
function requireSettled(row: InstanceRow, method: string): void {
  if (!SETTLED.has(row.vm_state)) throw invalidState(row, method, 'vm_state');
}

/** Error: QuotaExceeded. */
export function requireMetadataQuota({ metadata_items: limit }: Amounts<'compute'>, items: Items): void {
  if (limit < 0 || Object.keys(items).length <= limit) return;
  throw new ExpectedError('QuotaExceeded', `Maximum number of metadata items exceeds ${limit}`, {
    overs: ['metadata_items'],
  });
}
