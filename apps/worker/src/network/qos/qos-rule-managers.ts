import { sql } from 'kysely';
import {
  ExpectedError,
  QosBandwidthLimitRule,
  QosDscpMarkingRule,
  QosMinimumBandwidthRule,
  QosMinimumPacketRateRule,
  QosPacketRateLimitRule,
} from '#libs/contracts';
import type { DataOf, QosRuleData, ResourceClass } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ChildManager } from '../../resources/child-manager.js';
import { managedTable, Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { ResourceTable } from '../../resources/resource-table.js';
import type { ManagerContext } from '../../resources/resource-managers.js';
import { insertRow } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { violatedUnique } from '../../store/index.js';

/**
 * Rules of one kind in policies. Errors besides those of every resource: QoSRulesConflict, QoSRuleParameterConflict.
 */
class QosRuleManager<R extends QosRuleData> extends ChildManager<R> {
  readonly #table: ResourceTable;

  constructor(shared: ManagerContext) {
    super(shared);
    this.#table = managedTable(new.target);
  }

  protected override async beforeCreate(tx: Transaction, draft: Draft<R>, context: RequestContext): Promise<void> {
    await super.beforeCreate(tx, draft, context);
    await this.#requireOrder(tx, draft.values['qos_policy_id'], draft.values);
  }

  protected override async insert(tx: Transaction, { values }: Draft<R>): Promise<void> {
    if (await insertRow(tx, this.#table, values, 'nothing')) return;
    throw this.#conflict(String(values['qos_policy_id']));
  }

  protected override async beforeUpdate(tx: Transaction, { row, values }: Change<R>): Promise<void> {
    await this.#requireOrder(tx, row.qos_policy_id, { ...row, ...values });
  }

  protected override async store(tx: Transaction, change: Change<R>): Promise<void> {
    try {
      await super.store(tx, change);
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error;
      throw this.#conflict(change.row.qos_policy_id);
    }
  }

  #conflict(policyId: string): ExpectedError {
    const type = this.declaration.singular.replace(/_rule$/, '');
    const text = `Rule ${type} conflicts with a rule which already exists in QoS Policy ${policyId}.`;
    return new ExpectedError('QoSRulesConflict', text);
  }

  /** The guaranteed bandwidth of a direction must not be above its limit. */
  async #requireOrder(tx: Transaction, policyId: unknown, rule: Readonly<Record<string, unknown>>): Promise<void> {
    const { max_kbps: most, min_kbps: least, direction } = rule;
    if (typeof most === 'number') {
      const { rows } = await sql<{ min_kbps: number }>`
        select min_kbps from qos_minimum_bandwidth_rules
        where qos_policy_id = ${policyId} and direction = ${direction}`.execute(tx);
      const bound = rows[0]?.min_kbps;
      if (bound !== undefined && bound > most) throw orderFault(policyId, most, 'minimum_bandwidth', bound);
    }
    if (typeof least === 'number') {
      const { rows } = await sql<{ max_kbps: number }>`
        select max_kbps from qos_bandwidth_limit_rules
        where qos_policy_id = ${policyId} and direction = ${direction}`.execute(tx);
      const bound = rows[0]?.max_kbps;
      if (bound !== undefined && bound < least) throw orderFault(policyId, least, 'bandwidth_limit', bound);
    }
  }
}

function orderFault(policyId: unknown, value: number, type: string, bound: number): ExpectedError {
  const text = `Unable to add the rule with value ${value} to the policy ${String(policyId)} as the existing rule of type ${type} has value ${bound}.`;
  return new ExpectedError('QoSRuleParameterConflict', text);
}

function tableOf<R extends object>(type: ResourceClass<R>, name: string): ResourceTable<R> {
  return resourceTable(type, { table: `qos_${name}_rules` });
}

@Manages(tableOf(QosBandwidthLimitRule, 'bandwidth_limit'))
export class QosBandwidthLimitRuleManager extends QosRuleManager<DataOf<QosBandwidthLimitRule>> {}

@Manages(tableOf(QosDscpMarkingRule, 'dscp_marking'))
export class QosDscpMarkingRuleManager extends QosRuleManager<DataOf<QosDscpMarkingRule>> {}

@Manages(tableOf(QosMinimumBandwidthRule, 'minimum_bandwidth'))
export class QosMinimumBandwidthRuleManager extends QosRuleManager<DataOf<QosMinimumBandwidthRule>> {}

@Manages(tableOf(QosPacketRateLimitRule, 'packet_rate_limit'))
export class QosPacketRateLimitRuleManager extends QosRuleManager<DataOf<QosPacketRateLimitRule>> {}

@Manages(tableOf(QosMinimumPacketRateRule, 'minimum_packet_rate'))
export class QosMinimumPacketRateRuleManager extends QosRuleManager<DataOf<QosMinimumPacketRateRule>> {}
