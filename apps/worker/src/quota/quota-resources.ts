import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';

/** Where the usage of a resource is counted; `owner` is the column with the project or user for which it is counted. */
interface Counted {
  readonly from: RawBuilder<unknown>;
  readonly owner: 'project_id' | 'user_id';
  readonly amount: RawBuilder<unknown>;
}

/** A bound of one object, such as the metadata items of a server: there is no sum. */
const PER_OBJECT = null;

/** A limit that nova stores and shows, and that has not been enforced since networks left nova. */
const NOT_COUNTED = null;

const rows = sql`count(*)`;
const rowsOf = (table: string): Counted => ({ from: sql.table(table), owner: 'project_id', amount: rows });
// As in nova: a server with a deferred delete does not count, and counts again when it is restored.
const servers = sql`(select project_id, user_id, vcpus, ram from instances where not deleted and vm_state <> 'soft-delete')`;

const images = sql`(select owner as project_id, status from images)`;
const UPLOADING = sql`count(*) filter (where status in ('saving', 'uploading', 'importing'))`;
/** An image counts once for each store that has it. */
const imageData = sql`(select i.owner as project_id, o.size, o.state from image_objects o join images i on i.id = o.image_id)`;
const MIB = 1_048_576;
const mebibytes = (state: 'stored' | 'staged'): RawBuilder<unknown> =>
  sql`coalesce(sum(size) filter (where state = ${sql.lit(state)}), 0) / ${sql.lit(MIB)}`;

/** Every resource with a limit, by service, with the names of nova, neutron and glance. */
export const QUOTA_RESOURCES = {
  compute: {
    instances: { from: servers, owner: 'project_id', amount: rows },
    cores: { from: servers, owner: 'project_id', amount: sql`coalesce(sum(vcpus), 0)` },
    /** MiB. */
    ram: { from: servers, owner: 'project_id', amount: sql`coalesce(sum(ram), 0)` },
    key_pairs: { from: sql`keypairs`, owner: 'user_id', amount: rows },
    metadata_items: PER_OBJECT,
    server_groups: rowsOf('instance_groups'),
    server_group_members: PER_OBJECT,
    injected_files: PER_OBJECT,
    injected_file_content_bytes: PER_OBJECT,
    injected_file_path_bytes: PER_OBJECT,
    fixed_ips: NOT_COUNTED,
    floating_ips: NOT_COUNTED,
    security_groups: NOT_COUNTED,
    security_group_rules: NOT_COUNTED,
  },
  network: {
    network: rowsOf('networks'),
    subnet: rowsOf('subnets'),
    port: rowsOf('ports'),
    router: rowsOf('routers'),
    floatingip: rowsOf('floatingips'),
    security_group: rowsOf('security_groups'),
    security_group_rule: rowsOf('security_group_rules'),
    subnetpool: rowsOf('subnetpools'),
    rbac_policy: rowsOf('rbac_policies'),
    trunk: rowsOf('trunks'),
    metering_label: rowsOf('metering_labels'),
    metering_label_rule: rowsOf('metering_label_rules'),
  },
  image: {
    image_count_total: { from: images, owner: 'project_id', amount: rows },
    image_count_uploading: { from: images, owner: 'project_id', amount: UPLOADING },
    /** MiB. */
    image_size_total: { from: imageData, owner: 'project_id', amount: mebibytes('stored') },
    /** MiB. */
    image_stage_total: { from: imageData, owner: 'project_id', amount: mebibytes('staged') },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Counted | null>>>>;

export type QuotaService = keyof typeof QUOTA_RESOURCES;
export type QuotaResource<S extends QuotaService> = keyof (typeof QUOTA_RESOURCES)[S] & string;

/** Amounts by resource. */
export type Amounts<S extends QuotaService> = Readonly<Record<QuotaResource<S>, number>>;

export function resourcesOf<S extends QuotaService>(service: S): readonly QuotaResource<S>[] {
  return Object.keys(QUOTA_RESOURCES[service]) as QuotaResource<S>[];
}

/**
 * The usage of each resource by `owner`, in one statement that reads each table once. Per-object bounds have usage 0.
 * With a `member`, only that user's part of the project.
 */
export async function countUsage<S extends QuotaService, R extends QuotaResource<S>>(
  db: Queries,
  service: S,
  resources: readonly R[],
  owner: string,
  member?: string,
): Promise<Readonly<Record<R, number>>> {
  const table: Readonly<Record<string, Counted | null>> = QUOTA_RESOURCES[service];
  const bySource = new Map<RawBuilder<unknown>, { owner: string; columns: RawBuilder<unknown>[] }>();
  for (const name of resources) {
    const counted = table[name];
    if (counted === null || counted === undefined) continue;
    const source = bySource.get(counted.from) ?? { owner: counted.owner, columns: [] };
    source.columns.push(sql`(${counted.amount})::int8 as ${sql.ref(name)}`);
    bySource.set(counted.from, source);
  }
  const nothing = Object.fromEntries(resources.map((name) => [name, 0])) as Record<R, number>;
  if (bySource.size === 0) return nothing;
  const sums = [...bySource].map(
    ([from, source], index) => sql`(select ${sql.join(source.columns)} from ${from} as counted
      where counted.${sql.ref(source.owner)} = ${owner}${ofMember(source.owner, member)}) as ${sql.table(`sums_${index}`)}`,
  );
  const result = await sql<Record<R, number>>`select * from ${sql.join(sums, sql` cross join `)}`.execute(db);
  return { ...nothing, ...result.rows[0] };
}

function ofMember(owner: string, member: string | undefined): RawBuilder<unknown> {
  return member === undefined || owner === 'user_id' ? sql`` : sql` and counted.user_id = ${member}`;
}
