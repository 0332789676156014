import { sql } from 'kysely';
import { Aggregate, ExpectedError } from '#libs/contracts';
import type { AggregateChangeArgs, AggregateData, ListArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { violatedUnique } from '../../store/index.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Store, Transaction } from '../../store/index.js';

const ZONE = 'availability_zone';

const ID = sql`g.id::text`;

const { list: table } = resourceTable(Aggregate, {
  alias: 'g',
  columns: { hosts: sql`array(select h.host from aggregate_hosts h where h.aggregate_id = g.id order by h.host)` },
  filters: { id: expressionFilter(ID) },
});
// Markers are compared as text.
const aggregates: ListDefinition = { ...table, id: ID };

/** Groups of hosts with metadata; some of them are availability zones. */
export class AggregateService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  async list(context: RequestContext, args: ListArgs): Promise<Page<AggregateData>> {
    const rule = args.filters?.['id'] === undefined ? 'index' : 'show';
    this.authorizer.authorize(context, 'compute', `os_compute_api:os-aggregates:${rule}`, {});
    const page = await listRows<AggregateData & { id: never }>(this.store.db, aggregates, sql<boolean>`true`, args);
    return { objects: page.rows, next_marker: page.nextMarker };
  }

  /** Errors: AggregateNotFound, AggregateHostNotFound, Conflict, InvalidInput. */
  async change(context: RequestContext, args: AggregateChangeArgs): Promise<AggregateData> {
    this.authorizer.authorize(context, 'compute', `os_compute_api:os-aggregates:${args.change}`, {});
    try {
      return await this.store.transaction((tx) => changed(tx, args), { name: `aggregate_${args.change}` });
    } catch (error) {
      if (violatedUnique(error) === null) throw error;
      throw new ExpectedError('Conflict', `Aggregate ${args.name ?? ''} already exists.`);
    }
  }
}

async function changed(tx: Transaction, args: AggregateChangeArgs): Promise<AggregateData> {
  const { change, name, host = '', availability_zone: zone } = args;
  if (change === 'create') {
    const metadata = typeof zone === 'string' ? { [ZONE]: zone } : {};
    const values = { name: name ?? '', metadata: JSON.stringify(metadata), updated_at: null };
    const { id } = await tx.insertInto('aggregates').values(values).returning('id').executeTakeFirstOrThrow();
    return load(tx, id);
  }
  const id = args.id ?? 0;
  await tx.selectFrom('aggregates').select('id').where('id', '=', id).forUpdate().execute();
  const before = await load(tx, id);
  if (change === 'delete') {
    if (before.hosts.length > 0) throw invalid(`Cannot delete aggregate ${id}. Reason: Host aggregate is not empty.`);
    await tx.deleteFrom('aggregates').where('id', '=', id).execute();
    return before;
  }
  if (change === 'add_host') await addHost(tx, before, host);
  else if (change === 'remove_host') await removeHost(tx, before, host);
  else await setMetadata(tx, before, args);
  await tx
    .updateTable('aggregates')
    .set({ updated_at: sql<string>`business_clock()` })
    .where('id', '=', id)
    .execute();
  return load(tx, id);
}

async function load(db: Queries, id: number): Promise<AggregateData> {
  const result = await sql<AggregateData>`
    select ${aggregates.select} from ${aggregates.from} where g.id = ${id}`.execute(db);
  const [found] = result.rows;
  if (found === undefined) throw new ExpectedError('AggregateNotFound', `Aggregate ${id} could not be found.`);
  return found;
}

async function addHost(tx: Transaction, aggregate: AggregateData, host: string): Promise<void> {
  const node = await tx.selectFrom('compute_nodes').select('host').where('host', '=', host).executeTakeFirst();
  if (node === undefined) throw new ExpectedError('AggregateHostNotFound', `Compute host ${host} could not be found.`);
  if (aggregate.hosts.includes(host)) {
    throw new ExpectedError('Conflict', `Aggregate ${aggregate.id} already has host ${host}.`);
  }
  await requireOneZone(tx, aggregate.id, [host], aggregate.metadata[ZONE]);
  await tx.insertInto('aggregate_hosts').values({ aggregate_id: aggregate.id, host }).execute();
}

async function removeHost(tx: Transaction, { id, hosts }: AggregateData, host: string): Promise<void> {
  if (!hosts.includes(host)) {
    throw new ExpectedError('AggregateHostNotFound', `Cannot remove host ${host} in aggregate ${id}`);
  }
  await tx.deleteFrom('aggregate_hosts').where('aggregate_id', '=', id).where('host', '=', host).execute();
}

/** An aggregate whose hosts have servers keeps its zone: otherwise the zone of these servers would change. */
async function setMetadata(tx: Transaction, aggregate: AggregateData, args: AggregateChangeArgs): Promise<void> {
  const { name, metadata = {}, availability_zone: zone } = args;
  const changes = zone === undefined ? metadata : { ...metadata, [ZONE]: zone };
  const entries = Object.entries({ ...aggregate.metadata, ...changes });
  const after = Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
  if (after[ZONE] !== aggregate.metadata[ZONE]) {
    if (after[ZONE] === '') throw invalid('Cannot update aggregate. Reason: availability zone cannot be empty.');
    await requireOneZone(tx, aggregate.id, aggregate.hosts, after[ZONE]);
    const used = await tx
      .selectFrom('instances')
      .select('id')
      .where('host', 'in', [...aggregate.hosts, ''])
      .where('deleted', '=', false)
      .limit(1)
      .executeTakeFirst();
    if (used !== undefined) {
      throw invalid(
        `Cannot update aggregate ${aggregate.id}. Reason: One or more hosts contain instances in this zone.`,
      );
    }
  }
  const values = { metadata: JSON.stringify(after), ...(name === undefined ? {} : { name }) };
  await tx.updateTable('aggregates').set(values).where('id', '=', aggregate.id).execute();
}

async function requireOneZone(
  tx: Transaction,
  id: number,
  hosts: readonly string[],
  zone: string | undefined,
): Promise<void> {
  if (zone === undefined || hosts.length === 0) return;
  const other = await sql<{ host: string; zone: string }>`
    select h.host, g.metadata->>${ZONE} as zone from aggregate_hosts h join aggregates g on g.id = h.aggregate_id
    where g.id <> ${id} and h.host = any(${[...hosts]}::text[]) and g.metadata->>${ZONE} <> ${zone} limit 1`.execute(
    tx,
  );
  const [found] = other.rows;
  if (found === undefined) return;
  throw new ExpectedError(
    'Conflict',
    `Cannot add host to aggregate ${id}. Reason: One or more hosts already in availability zone(s) ['${found.zone}'].`,
  );
}

function invalid(text: string): ExpectedError {
  return new ExpectedError('InvalidInput', text);
}
