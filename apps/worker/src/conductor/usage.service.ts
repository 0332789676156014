import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ServerUsageData, UsageArgs, UsageData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';

/** The usage of servers in a period, deleted servers included. */
export class UsageService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  /** The period ends now at the latest. Errors: MarkerNotFound, PolicyNotAuthorized. */
  async list(context: RequestContext, args: UsageArgs): Promise<UsageData> {
    const { project_id: projectId, marker, limit } = args;
    const rule = projectId === undefined ? 'list' : 'show';
    const target = { project_id: projectId ?? context.project_id };
    this.authorizer.authorize(context, 'compute', `os_compute_api:os-simple-tenant-usage:${rule}`, target);
    const { db } = this.store;
    const period = await sql<{ start: string; stop: string }>`
      select ${args.start}::timestamptz as start, least(${args.end}::timestamptz, business_clock()) as stop`.execute(
      db,
    );
    const { start = args.start, stop = args.end } = period.rows[0] ?? {};
    const conditions = [
      sql`i.launched_at is not null and i.launched_at <= ${stop}::timestamptz`,
      sql`(i.terminated_at is null or i.terminated_at >= ${start}::timestamptz)`,
    ];
    if (projectId !== undefined) conditions.push(sql`i.project_id = ${projectId}`);
    if (marker !== undefined) {
      const found = await sql`select 1 from instances i where i.id = ${marker} and ${conditions[0]}`.execute(db);
      if (found.rows.length === 0) throw new ExpectedError('MarkerNotFound', `Marker ${marker} could not be found.`);
      conditions.push(
        sql`(i.launched_at, i.id) > (select m.launched_at, m.id from instances m where m.id = ${marker})`,
      );
    }
    const servers = await sql<ServerUsageData>`
      select i.id, i.name, i.project_id, i.flavor->>'name' as flavor, i.vm_state,
        extract(epoch from least(coalesce(i.terminated_at, ${stop}::timestamptz), ${stop}::timestamptz)
          - greatest(i.launched_at, ${start}::timestamptz))::float8 / 3600 as hours,
        floor(extract(epoch from coalesce(i.terminated_at, business_clock()) - i.launched_at))::int8 as uptime,
        i.vcpus, i.ram as memory_mb, (i.flavor->>'disk')::int8 + (i.flavor->>'ephemeral')::int8 as local_gb,
        i.launched_at as started_at, i.terminated_at as ended_at
      from instances i where ${sql.join(conditions, sql` and `)} order by i.launched_at, i.id limit ${limit}`.execute(
      db,
    );
    return { start, stop, servers: servers.rows };
  }
}
