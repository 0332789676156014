import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { LimitsData, ProjectQuotaArgs, QuotaUpdateArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';
import { countUsage, resourcesOf } from '../quota/quota-resources.js';
import type { Amounts, QuotaResource } from '../quota/quota-resources.js';
import type { Quotas } from '../quota/quotas.js';
import { deleteLimits, deleteUserLimits, setClassLimits, setLimits, setUserLimits } from '../quota/set-limits.js';
import type { Store, Transaction } from '../store/index.js';

const DEFAULT_CLASS = 'default';

/** Resources whose usage is added up; all others are a bound for each object. */
const COUNTED = ['instances', 'cores', 'ram', 'server_groups'] as const;

/** Names of the limits in their object, by resource. */
const MEMBERS: Readonly<Record<string, string>> = {
  instances: 'max_instances',
  cores: 'max_cores',
  ram: 'max_ram',
  key_pairs: 'max_keypairs',
  metadata_items: 'max_server_metadata',
  server_groups: 'max_server_groups',
  server_group_members: 'max_server_group_members',
  injected_files: 'max_injected_files',
  injected_file_content_bytes: 'max_injected_file_content_bytes',
  injected_file_path_bytes: 'max_injected_file_path_bytes',
  fixed_ips: 'max_fixed_ips',
  floating_ips: 'max_floating_ips',
  security_groups: 'max_security_groups',
  security_group_rules: 'max_security_group_rules',
};

/** The limits of a project, and its usage. */
export class LimitsService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /** The limits of the caller's project. */
  get(context: RequestContext): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:limits', context.project_id ?? '');
  }

  /** The limits of a project that the caller names, or of a user in it, if the policy allows it. */
  quota(context: RequestContext, { project_id: projectId, user_id: userId }: ProjectQuotaArgs): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:os-quota-sets:show', projectId, userId);
  }

  /** The limits of a class; those of `default` apply to every project without limits of its own. */
  async ofClass(context: RequestContext, className: string): Promise<LimitsData> {
    const rule = className === DEFAULT_CLASS ? 'os-quota-sets:defaults' : 'os-quota-class-sets:show';
    this.authorizer.authorize(context, 'compute', `os_compute_api:${rule}`, { project_id: context.project_id });
    // No project has this name, so these are the default limits.
    const limits = await this.#limitsOf('');
    if (className === DEFAULT_CLASS) return limits;
    const stored = await this.store.db
      .selectFrom('quota_classes')
      .select(['resource', 'hard_limit'])
      .where('service', '=', 'compute')
      .where('class_name', '=', className)
      .execute();
    const own = Object.fromEntries(
      stored.map(({ resource, hard_limit: limit }) => [MEMBERS[resource] ?? resource, limit]),
    );
    return { ...limits, ...own };
  }

  /**
   * Sets limits of a project, of a user in it, or of a class. Errors: InvalidInput (a limit below the usage, or a
   * user's limit above the project's, without `force`; an unknown resource).
   */
  async update(context: RequestContext, args: QuotaUpdateArgs): Promise<LimitsData> {
    const { project_id: projectId, user_id: userId, class_name: className = DEFAULT_CLASS, limits, force } = args;
    const rule = projectId === undefined ? 'os-quota-class-sets:update' : 'os-quota-sets:update';
    this.authorizer.authorize(context, 'compute', `os_compute_api:${rule}`, { project_id: projectId ?? null });
    const known = resourcesOf('compute');
    const resources = known.filter((name) => Object.hasOwn(limits, name));
    if (resources.length < Object.keys(limits).length)
      throw new ExpectedError('InvalidInput', 'Unknown quota resource.');
    await this.store.transaction(
      async (tx) => {
        if (projectId === undefined) return setClassLimits(tx, 'compute', className, limits);
        await this.quotas.hold(tx, 'compute', resources, [{ projectId }]);
        if (!force) await requireAbove(tx, projectId, userId, limits);
        if (userId === undefined) return setLimits(tx, 'compute', projectId, limits);
        if (!force) requireWithin(await this.quotas.limits(tx, 'compute', projectId), limits);
        return setUserLimits(tx, 'compute', { projectId, userId }, limits);
      },
      { name: 'quota_update' },
    );
    return projectId === undefined ? this.#limitsOf('') : this.#limitsOf(projectId, userId);
  }

  /** Restores the defaults; for a user the limits of the project. Resetting a project also resets its users. */
  async reset(context: RequestContext, { project_id: projectId, user_id: userId }: ProjectQuotaArgs): Promise<void> {
    this.authorizer.authorize(context, 'compute', 'os_compute_api:os-quota-sets:delete', { project_id: projectId });
    await this.store.transaction(
      async (tx) => {
        await deleteUserLimits(tx, 'compute', projectId, userId);
        if (userId === undefined) await deleteLimits(tx, 'compute', projectId);
      },
      { name: 'quota_delete' },
    );
  }

  #read(context: RequestContext, rule: string, projectId: string, userId?: string): Promise<LimitsData> {
    this.authorizer.authorize(context, 'compute', rule, { project_id: projectId });
    return this.#limitsOf(projectId, userId);
  }

  async #limitsOf(projectId: string, userId?: string): Promise<LimitsData> {
    const { db } = this.store;
    const ofUser = userId === undefined ? {} : await this.quotas.userLimits(db, 'compute', projectId, userId);
    const limits = { ...(await this.quotas.limits(db, 'compute', projectId)), ...ofUser };
    const used = await countUsage(db, 'compute', COUNTED, projectId, userId);
    return {
      max_instances: limits.instances,
      max_cores: limits.cores,
      max_ram: limits.ram,
      max_keypairs: limits.key_pairs,
      max_server_metadata: limits.metadata_items,
      max_server_groups: limits.server_groups,
      max_server_group_members: limits.server_group_members,
      max_injected_files: limits.injected_files,
      max_injected_file_content_bytes: limits.injected_file_content_bytes,
      max_injected_file_path_bytes: limits.injected_file_path_bytes,
      max_fixed_ips: limits.fixed_ips,
      max_floating_ips: limits.floating_ips,
      max_security_groups: limits.security_groups,
      max_security_group_rules: limits.security_group_rules,
      used_instances: used.instances,
      used_cores: used.cores,
      used_ram: used.ram,
      used_server_groups: used.server_groups,
    };
  }
}

/** Refuses limits below the usage, or below the sum of the limits of the project's users. */
async function requireAbove(
  tx: Transaction,
  projectId: string,
  userId: string | undefined,
  limits: Readonly<Record<string, number>>,
): Promise<void> {
  const used = await countUsage(tx, 'compute', COUNTED, projectId, userId);
  const given = userId === undefined ? await givenToUsers(tx, projectId) : {};
  for (const resource of COUNTED) {
    const limit = limits[resource] ?? -1;
    const least = Math.max(used[resource], given[resource] ?? 0);
    if (limit < 0 || least <= limit) continue;
    throw new ExpectedError(
      'InvalidInput',
      `Quota limit ${limit} for ${resource} must be greater than or equal to already used and reserved ${least}.`,
    );
  }
}

async function givenToUsers(tx: Transaction, projectId: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ resource: string; given: number }>`
    select resource, sum(hard_limit)::int8 as given from user_quotas
    where service = 'compute' and project_id = ${projectId} and hard_limit > 0 group by resource`.execute(tx);
  return Object.fromEntries(rows.map(({ resource, given }) => [resource, given]));
}

/** Refuses limits of a user above those of the project. */
function requireWithin(project: Amounts<'compute'>, limits: Readonly<Record<string, number>>): void {
  for (const [resource, limit] of Object.entries(limits)) {
    const most = project[resource as QuotaResource<'compute'>];
    if (most < 0 || (limit >= 0 && limit <= most)) continue;
    const text = `Quota limit ${limit} for ${resource} must be less than or equal to ${most}.`;
    throw new ExpectedError('InvalidInput', text);
  }
}
