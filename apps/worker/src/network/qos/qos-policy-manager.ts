import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, QosPolicy } from '#libs/contracts';
import type { QosPolicyData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { Loader } from '../../resources/resource-manager.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Transaction } from '../../store/index.js';
import { SharedManager } from '../sharing/shared-manager.js';

/** Objects that can have a policy: the word in neutron's text, and the table. */
const USERS = [
  ['network', 'networks'],
  ['port', 'ports'],
  ['floatingip', 'floatingips'],
  ['router', 'router_gateways'],
] as const;

const TYPES = ['bandwidth_limit', 'dscp_marking', 'minimum_bandwidth', 'packet_rate_limit', 'minimum_packet_rate'];

/** Errors besides those of every resource: QoSPolicyDefaultAlreadyExists, QosPolicyInUse. */
@Manages(resourceTable(QosPolicy, { table: 'qos_policies', alias: 'q' }))
export class QosPolicyManager extends SharedManager<QosPolicyData> {
  protected override readonly objectType = 'qos_policy';

  protected override readonly loaders: Readonly<Record<string, Loader<QosPolicyData>>> = {
    rules: (db, policies) => rulesOf(db, policies),
  };

  /** Locks a policy that the caller may see, so that it is not deleted before the commit. Error QosPolicyNotFound. */
  async refer(tx: Transaction, context: RequestContext, id: string | null | undefined): Promise<void> {
    if (id === null || id === undefined) return;
    const found = await sql`select 1 from qos_policies where id = ${id} for key share`.execute(tx);
    if (found.rows.length === 0) throw this.notFound(id);
    await this.get(context, id, tx);
  }

  /**
   * As `refer`, for an object that already has another policy; only a caller that may use the old policy may remove it.
   * Further error: PolicyRemoveAuthorizationError.
   */
  async replace(
    tx: Transaction,
    context: RequestContext,
    id: string | null | undefined,
    former: string | null | undefined,
  ): Promise<void> {
    if (id === undefined) return;
    if (typeof former === 'string' && !(await this.#sees(tx, context, former))) {
      const text = `Unable to remove provided policy ${former} because you are not authorized.`;
      throw new ExpectedError('PolicyRemoveAuthorizationError', text);
    }
    await this.refer(tx, context, id);
  }

  async #sees(tx: Transaction, context: RequestContext, id: string): Promise<boolean> {
    try {
      await this.get(context, id, tx);
      return true;
    } catch (error) {
      if (error instanceof ExpectedError && error.code === 'QosPolicyNotFound') return false;
      throw error;
    }
  }

  /**
   * The default policy of new networks of a project, null if it has none: read and locked by the insert that contains
   * this expression.
   */
  defaultOf(projectId: string): RawBuilder<string | null> {
    return sql`(select id from qos_policies where project_id = ${projectId} and is_default for key share)`;
  }

  protected override async beforeCreate(tx: Transaction, { input, owner }: Draft<QosPolicyData>): Promise<void> {
    if (input.is_default === true) await requireNoDefault(tx, owner);
  }

  protected override async beforeUpdate(tx: Transaction, { row, input }: Change<QosPolicyData>): Promise<void> {
    if (input.is_default === true && !row.is_default) await requireNoDefault(tx, row.project_id);
  }

  protected override async beforeDelete(tx: Transaction, { id }: QosPolicyData): Promise<void> {
    for (const [what, table] of USERS) {
      const { rows } = await sql`
        select 1 from ${sql.table(table)} where qos_policy_id = ${id} limit 1`.execute(tx);
      if (rows.length === 0) continue;
      // Which object it is may be another project's secret.
      throw new ExpectedError('QosPolicyInUse', `QoS Policy ${id} is used by a ${what}.`, { id });
    }
  }
}

/** Concurrent callers wait for each other. */
async function requireNoDefault(tx: Transaction, projectId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`qos:default:${projectId}`}, 0))`.execute(tx);
  const found = await sql`select 1 from qos_policies where project_id = ${projectId} and is_default`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `A default QoS policy exists for project ${projectId}.`;
  throw new ExpectedError('QoSPolicyDefaultAlreadyExists', text);
}

/** The rules of each policy in the form that the API includes in the policy. */
async function rulesOf(db: Queries, policies: readonly QosPolicyData[]): Promise<readonly unknown[]> {
  const ids = policies.map(({ id }) => id);
  const kinds = TYPES.map(
    (
      type,
    ) => sql`select r.qos_policy_id, to_jsonb(r) - 'project_id' || jsonb_build_object('type', ${type}::text) as rule
      from ${sql.table(`qos_${type}_rules`)} r where r.qos_policy_id = any(${ids}::text[])`,
  );
  const { rows } = await sql<{ qos_policy_id: string; rule: object }>`${sql.join(kinds, sql` union all `)}`.execute(db);
  return ids.map((id) => rows.filter((row) => row.qos_policy_id === id).map(({ rule }) => rule));
}
