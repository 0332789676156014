import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  EndpointData,
  EndpointFilterArgs,
  EndpointFilterListArgs,
  EndpointGroupData,
  PolicyAssociationArgs,
  PolicyBlobData,
  ProjectData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';
import { listRows } from '../../listing/list-rows.js';
import { FILTERED_ENDPOINTS, inGroup } from '../catalog.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import { projectList } from '../identity-lists.js';
import type { IdentityPolicy } from '../identity-policy.js';

type CatalogTable = 'endpoints' | 'endpoint_groups' | 'policies' | 'catalog_services' | 'regions';

const MISSING = {
  endpoints: ['EndpointNotFound', 'endpoint'],
  endpoint_groups: ['EndpointGroupNotFound', 'Endpoint Group'],
  policies: ['PolicyNotFound', 'policy'],
  catalog_services: ['CatalogServiceNotFound', 'service'],
  regions: ['RegionNotFound', 'region'],
} as const;

const FILTER_RULES = {
  endpoint: {
    add: 'add_endpoint_to_project',
    check: 'check_endpoint_in_project',
    remove: 'remove_endpoint_from_project',
  },
  group: {
    add: 'add_endpoint_group_to_project',
    check: 'get_endpoint_group_in_project',
    remove: 'remove_endpoint_group_from_project',
  },
} as const;

/**
 * Associations between parts of the catalog: endpoints and projects (OS-EP-FILTER), policies and endpoints
 * (OS-ENDPOINT-POLICY).
 */
export class CatalogLinks {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
  ) {}

  async filter(ctx: RequestContext, args: EndpointFilterArgs): Promise<void> {
    const { change, project_id: projectId, endpoint_id: endpointId, endpoint_group_id: groupId } = args;
    const isGroup = endpointId === undefined;
    this.policy.authorize(ctx, FILTER_RULES[isGroup ? 'group' : 'endpoint'][change]);
    const id = endpointId ?? groupId ?? '';
    const table = sql.table(isGroup ? 'project_endpoint_groups' : 'project_endpoints');
    const column = sql.ref(isGroup ? 'endpoint_group_id' : 'endpoint_id');
    await this.changes.run({ kind: 'project', name: projectId, id: projectId }, async (tx) => {
      // keystone checks neither when an endpoint is removed.
      if (isGroup || change !== 'remove') {
        await requireThere(tx, isGroup ? 'endpoint_groups' : 'endpoints', id);
        await this.changes.get(tx, 'project', projectId);
      }
      const link = sql`project_id = ${projectId} and ${column} = ${id}`;
      if (change === 'add') {
        const made = await sql`
          insert into ${table} (project_id, ${column}) values (${projectId}, ${id}) on conflict do nothing`.execute(tx);
        if (made.numAffectedRows === 0n) {
          const text = `Conflict occurred attempting to store ${isGroup ? 'project_endpoint_group' : 'project_endpoint'}`;
          throw new ExpectedError('Conflict', `${text} - Duplicate entry.`);
        }
        return;
      }
      const found =
        change === 'check'
          ? (await sql`select 1 from ${table} where ${link}`.execute(tx)).rows.length > 0
          : (await sql`delete from ${table} where ${link}`.execute(tx)).numAffectedRows !== 0n;
      if (found) return;
      const text = isGroup
        ? 'Endpoint Group Project Association not found'
        : `Endpoint ${id} not found in project ${projectId}`;
      throw new ExpectedError('CatalogLinkNotFound', text);
    });
  }

  async projects(
    ctx: RequestContext,
    { endpoint_id: endpointId, endpoint_group_id: groupId }: EndpointFilterListArgs,
  ): Promise<readonly ProjectData[]> {
    const isGroup = endpointId === undefined;
    const rule = isGroup ? 'list_projects_associated_with_endpoint_group' : 'list_projects_for_endpoint';
    this.policy.authorize(ctx, rule);
    const { db } = this.changes.store;
    const id = endpointId ?? groupId ?? '';
    await requireThere(db, isGroup ? 'endpoint_groups' : 'endpoints', id);
    const table = sql.table(isGroup ? 'project_endpoint_groups' : 'project_endpoints');
    const linked = sql<boolean>`exists (
      select 1 from ${table} f where f.project_id = p.id
        and ${sql.ref(isGroup ? 'f.endpoint_group_id' : 'f.endpoint_id')} = ${id})`;
    return (await listRows<ProjectData>(db, projectList, linked, {})).rows;
  }

  async endpoints(
    ctx: RequestContext,
    { project_id: projectId, endpoint_group_id: groupId }: EndpointFilterListArgs,
  ): Promise<readonly EndpointData[]> {
    const { db } = this.changes.store;
    if (projectId !== undefined) {
      this.policy.authorize(ctx, 'list_endpoints_for_project');
      await this.changes.get(db, 'project', projectId);
      const own = sql`e.id in (select f.endpoint_id from ${FILTERED_ENDPOINTS} f where f.project_id = ${projectId})`;
      return endpointRows(db, own);
    }
    this.policy.authorize(ctx, 'list_endpoints_associated_with_endpoint_group');
    await requireThere(db, 'endpoint_groups', groupId ?? '');
    return endpointRows(
      db,
      sql`exists (select 1 from endpoint_groups g where g.id = ${groupId} and ${inGroup('e', 'g')})`,
    );
  }

  async groups(
    ctx: RequestContext,
    { project_id: projectId = '' }: EndpointFilterListArgs,
  ): Promise<readonly EndpointGroupData[]> {
    this.policy.authorize(ctx, 'list_endpoint_groups_for_project');
    const { db } = this.changes.store;
    await this.changes.get(db, 'project', projectId);
    const result = await sql<EndpointGroupData>`
      select g.id, g.name, g.description, g.filters, g.extra from endpoint_groups g
        join project_endpoint_groups f on f.endpoint_group_id = g.id
      where f.project_id = ${projectId} order by g.id`.execute(db);
    return result.rows;
  }

  async associate(ctx: RequestContext, args: PolicyAssociationArgs): Promise<void> {
    const { change, policy_id: policyId, endpoint_id: endpoint, service_id: service, region_id: region } = args;
    const regional = region === undefined ? 'service' : 'region_and_service';
    const what = endpoint === undefined ? regional : 'endpoint';
    this.policy.authorize(ctx, `${change}_policy_association_for_${what}`);
    await this.changes.store.transaction(
      async (tx) => {
        await requireThere(tx, 'policies', policyId);
        if (endpoint !== undefined) await requireThere(tx, 'endpoints', endpoint);
        if (service !== undefined) await requireThere(tx, 'catalog_services', service);
        if (region !== undefined) await requireThere(tx, 'regions', region);
        const same = sql`coalesce(endpoint_id, '') = ${endpoint ?? ''} and coalesce(service_id, '') = ${service ?? ''}
          and coalesce(region_id, '') = ${region ?? ''}`;
        await changeAssociation(tx, args, same);
      },
      { name: 'identity-policy-association' },
    );
  }

  /** Endpoints of a policy, each once per association that names it. */
  async policyEndpoints(ctx: RequestContext, policyId: string): Promise<readonly EndpointData[]> {
    this.policy.authorize(ctx, 'list_endpoints_for_policy');
    const { db } = this.changes.store;
    await requireThere(db, 'policies', policyId);
    // A region includes the regions below it.
    return endpointRows(
      db,
      sql`exists (
        with recursive below (top, id) as (
          select id, id from regions
          union
          select b.top, r.id from regions r join below b on r.parent_region_id = b.id
        )
        select 1 from policy_associations a where a.policy_id = ${policyId} and (
          a.endpoint_id = e.id or (a.service_id = e.service_id and (
            a.region_id is null or exists (select 1 from below b where b.top = a.region_id and b.id = e.region_id)))))`,
    );
  }

  async endpointPolicy(ctx: RequestContext, endpointId: string): Promise<PolicyBlobData> {
    this.policy.authorize(ctx, 'get_policy_for_endpoint');
    const { db } = this.changes.store;
    await requireThere(db, 'endpoints', endpointId);
    const result = await sql<PolicyBlobData>`
      with recursive above (id, parent_id, distance) as (
        select r.id, r.parent_region_id, 1 from regions r join endpoints e on e.region_id = r.id where e.id = ${endpointId}
        union
        select r.id, r.parent_region_id, a.distance + 1 from regions r join above a on r.id = a.parent_id
      )
      select p.id, p.type, p.blob, p.extra from endpoints e
        join policy_associations a on a.endpoint_id = e.id or a.service_id = e.service_id
        join policies p on p.id = a.policy_id
        left join above r on r.id = a.region_id
      where e.id = ${endpointId} and (a.region_id is null or r.id is not null)
      order by a.endpoint_id is null, coalesce(r.distance, 1000000) limit 1`.execute(db);
    const [row] = result.rows;
    if (row !== undefined) return row;
    throw new ExpectedError('CatalogLinkNotFound', `No policy is associated with endpoint ${endpointId}.`);
  }
}

async function changeAssociation(
  tx: Transaction,
  { change, policy_id: policyId, endpoint_id: endpoint, service_id: service, region_id: region }: PolicyAssociationArgs,
  same: RawBuilder<unknown>,
): Promise<void> {
  if (change === 'delete') {
    await sql`delete from policy_associations where policy_id = ${policyId} and ${same}`.execute(tx);
    return;
  }
  if (change === 'create') {
    await sql`
      insert into policy_associations (policy_id, endpoint_id, service_id, region_id)
      values (${policyId}, ${endpoint ?? null}, ${service ?? null}, ${region ?? null})
      on conflict (coalesce(endpoint_id, ''), coalesce(service_id, ''), coalesce(region_id, ''))
      do update set policy_id = excluded.policy_id`.execute(tx);
    return;
  }
  const found = await sql`select 1 from policy_associations where policy_id = ${policyId} and ${same}`.execute(tx);
  if (found.rows.length === 0) throw new ExpectedError('CatalogLinkNotFound', 'Could not find policy association.');
}

async function endpointRows(db: Queries, where: RawBuilder<unknown>): Promise<readonly EndpointData[]> {
  const result = await sql<EndpointData>`
    select e.id, e.interface, e.region_id, e.service_id, e.url, e.enabled, e.extra from endpoints e where ${where}
    order by e.id`.execute(db);
  return result.rows;
}

async function requireThere(db: Queries, table: CatalogTable, id: string): Promise<void> {
  const found = await sql`select 1 from ${sql.table(table)} where id = ${id}`.execute(db);
  if (found.rows.length > 0) return;
  const [code, name] = MISSING[table];
  throw new ExpectedError(code, `Could not find ${name}: ${id}.`, { id });
}
