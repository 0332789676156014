import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, Limit, RegisteredLimit } from '#libs/contracts';
import type { LimitData, RegisteredLimitData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { textFilter } from '../../listing/filters.js';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { findOne } from '../identity-kinds.js';
import { exists } from './catalog-managers.js';
import { DirectoryResource, EVERY_ROW, missingReference } from './directory-resource.js';
import type { Operation, Target } from './directory-resource.js';
import { directoryTable } from './directory-table.js';

async function requireCatalog(tx: Transaction, values: Values, target: string): Promise<void> {
  const { service_id: service, region_id: region } = values;
  if (typeof service === 'string' && !(await exists(tx, 'catalog_services', service))) {
    throw missingReference('service_id', target);
  }
  if (typeof region === 'string' && !(await exists(tx, 'regions', region))) throw missingReference('region_id', target);
}

@Manages(directoryTable(RegisteredLimit))
export class RegisteredLimitManager extends DirectoryResource<RegisteredLimitData> {
  protected override beforeCreate(tx: Transaction, values: Values): Promise<void> {
    return requireCatalog(tx, values, 'registered_limit');
  }

  protected override async beforeUpdate(tx: Transaction, { id }: RegisteredLimitData, values: Values): Promise<void> {
    await requireCatalog(tx, values, 'registered_limit');
    await requireUnused(tx, id);
  }

  protected override beforeDelete(tx: Transaction, { id }: RegisteredLimitData): Promise<void> {
    return requireUnused(tx, id);
  }
}

async function requireUnused(tx: Transaction, id: string): Promise<void> {
  const used = await sql`select 1 from limits where registered_limit_id = ${id} limit 1`.execute(tx);
  if (used.rows.length === 0) return;
  throw new ExpectedError(
    'RegisteredLimitInUse',
    `Unable to update or delete registered limit ${id} because there are project limits associated with it.`,
  );
}

const registered = (column: string): RawBuilder<unknown> => sql.ref(`r.${column}`);

@Manages(
  directoryTable(Limit, {
    joins: sql`join registered_limits r on r.id = t.registered_limit_id`,
    columns: {
      service_id: registered('service_id'),
      region_id: registered('region_id'),
      resource_name: registered('resource_name'),
    },
    filters: {
      service_id: textFilter('r.service_id'),
      region_id: textFilter('r.region_id'),
      resource_name: textFilter('r.resource_name'),
    },
  }),
)
export class LimitManager extends DirectoryResource<LimitData> {
  protected override readonly tellsEverybody: readonly Operation[] = ['update', 'delete'];

  /** Administrators, services and the system see all; other callers those of the token's own domain or project. */
  protected override visible({
    roles,
    system_scope: system,
    domain_id: domain,
    project_id: project,
  }: RequestContext): RawBuilder<boolean> {
    if (system !== null || roles.includes('admin') || roles.includes('service')) return EVERY_ROW;
    if (domain !== null) {
      return sql<boolean>`(t.domain_id = ${domain}
        or t.project_id in (select id from projects where domain_id = ${domain}))`;
    }
    return sql<boolean>`t.project_id = ${project ?? ''}`;
  }

  protected override target(row: object): Target {
    return { limit: row };
  }

  protected override async complete(db: Queries, rows: readonly LimitData[]): Promise<readonly LimitData[]> {
    const ids = rows.flatMap(({ project_id: id }) => (id === null ? [] : [id]));
    const projects = await sql<{ id: string; domain_id: string }>`
      select id, domain_id from projects where id = any(${ids}::text[])`.execute(db);
    const domains = new Map(projects.rows.map(({ id, domain_id: domain }) => [id, domain]));
    // Used by the rule and not shown.
    return rows.map((row) =>
      row.project_id === null
        ? Object.assign({}, row, { domain: { id: row.domain_id } })
        : Object.assign({}, row, { project: { domain_id: domains.get(row.project_id) } }),
    );
  }

  protected override async beforeCreate(tx: Transaction, values: Values): Promise<void> {
    await requireCatalog(tx, values, 'limit');
    const given = [values['project_id'], values['domain_id']].filter((id) => typeof id === 'string');
    if (given.length !== 1) {
      const text = "Invalid input for field 'limits': exactly one of project_id and domain_id is required";
      throw new ExpectedError('InvalidInput', text);
    }
    await this.#place(tx, values);
    const { service_id: service, region_id: region, resource_name: resource } = values;
    const found = await sql<{ id: string }>`
      select id from registered_limits where service_id = ${service} and resource_name = ${resource}
        and region_id is not distinct from ${region ?? null}::text`.execute(tx);
    const [reference] = found.rows;
    if (reference === undefined) {
      throw new ExpectedError(
        'NoLimitReference',
        'Unable to create a limit that has no corresponding registered limit.',
      );
    }
    values['registered_limit_id'] = reference.id;
  }

  protected override written(values: Values): Values {
    const names = ['id', 'registered_limit_id', 'project_id', 'domain_id', 'resource_limit', 'description'];
    return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  }

  /** The id of a project that is a domain is treated as a domain. */
  async #place(tx: Transaction, values: Values): Promise<void> {
    const { project_id: projectId, domain_id: domainId } = values;
    if (typeof projectId === 'string') {
      const project = await findOne(tx, 'project', projectId);
      if (project === null) throw missingReference('project_id', 'limit');
      if (project.is_domain === true) Object.assign(values, { project_id: null, domain_id: projectId });
    } else if ((await findOne(tx, 'domain', String(domainId))) === null) {
      throw missingReference('domain_id', 'limit');
    }
  }
}
