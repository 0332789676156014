import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';

/** Where the amount of a resource is counted; `owner` is the column with the project or user that it is counted for. */
interface Counted {
  readonly from: RawBuilder<unknown>;
  readonly owner: 'project_id' | 'user_id';
  readonly amount: RawBuilder<unknown>;
}

/** A bound of one object, such as the metadata items of a server: nothing to add up. */
const PER_OBJECT = null;

/** A limit that nova keeps and tells, and that nothing is held to since networks left nova. */
const NOT_COUNTED = null;

const rows = sql`count(*)`;
const rowsOf = (table: string): Counted => ({ from: sql.table(table), owner: 'project_id', amount: rows });
// As nova counts them: one whose delete is deferred is none, and is counted again when it is restored.
const servers = sql`(select project_id, user_id, vcpus, ram from instances where not deleted and vm_state <> 'soft-delete')`;

const images = sql`(select owner as project_id, status from images)`;
const UPLOADING = sql`count(*) filter (where status in ('saving', 'uploading', 'importing'))`;
/** Each store that has an image counts. */
const imageData = sql`(select i.owner as project_id, o.size, o.state from image_objects o join images i on i.id = o.image_id)`;
const MIB = 1_048_576;
const mebibytes = (state: 'stored' | 'staged'): RawBuilder<unknown> =>
  sql`coalesce(sum(size) filter (where state = ${sql.lit(state)}), 0) / ${sql.lit(MIB)}`;

/** Every resource that has a limit, by service, with nova's, neutron's and glance's names. */
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
 * What `owner` has of each of the resources, in one statement, which reads each table once. What is bounded for each
 * object is 0. With a `member` only what that user has of a project's.
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
