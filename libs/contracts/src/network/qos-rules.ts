import { Field, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import type { ResourceOptions } from '../resource/resource.js';
import { ADMIN_OR_PARENT_MANAGER, childRules } from './owned-rules.js';
import { QosPolicy } from './qos-policies.js';
import { oneOf, oneOfNumbers, text, uuid, whole } from './types/plain-types.js';

const amount = whole(0, 2 ** 31 - 1);
const direction = oneOf(['ingress', 'egress']);

function extension(alias: string, name: string, description: string, updated: string): Extension {
  return { alias, name, description, updated };
}

/** A kind of rule below a policy: `/qos/policies/{id}/bandwidth_limit_rules`. */
function qosRule(type: string, extensions: readonly Extension[] = []): ResourceOptions {
  const singular = `${type}_rule`;
  const path = `/qos/policies/{policy_id}/${singular}s`;
  return {
    api: 'network',
    singular,
    plural: `${singular}s`,
    path: `${singular}s`,
    notFound: { code: 'QosRuleNotFound', text: 'QoS rule %s for policy could not be found.' },
    parent: { type: QosPolicy, field: 'qos_policy_id' },
    since: '1.1',
    extensions,
    rules: childRules(`policy_${singular}`, path, 'a rule of a QoS policy', { write: ADMIN_OR_PARENT_MANAGER }),
  };
}

/** The common attributes of all kinds of rules; the project is the policy's. */
export class QosRule {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(text(255), { ...readOnly, visible: false }) readonly project_id!: string;
  /** From the path. */
  @Field(text(36), { put: false, visible: false }) readonly qos_policy_id!: string;
}

/** neutron-lib: qos, qos_bw_limit_direction. kbit/s and kbit. */
@Resource(
  qosRule('bandwidth_limit', [
    extension(
      'qos-bw-limit-direction',
      'Direction for QoS bandwidth limit rule',
      'Allow to configure QoS bandwidth limit rule with specific direction: ingress or egress',
      '2017-04-10T10:00:00-00:00',
    ),
  ]),
)
export class QosBandwidthLimitRule extends QosRule {
  @Field(amount, { required: true, filter: true, sort: true }) readonly max_kbps!: number;
  @Field(amount, { default: 0, filter: true, sort: true }) readonly max_burst_kbps!: number;
  @Field(direction, { default: 'egress', filter: true, sort: true }) readonly direction!: string;
}

/** neutron-lib's VALID_DSCP_MARKS (RFC 4594). */
const MARKS = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56] as const;

@Resource(qosRule('dscp_marking'))
export class QosDscpMarkingRule extends QosRule {
  @Field(oneOfNumbers(MARKS), { required: true, filter: true, sort: true }) readonly dscp_mark!: number;
}

/** neutron-lib: qos, qos_bw_minimum_ingress. kbit/s. */
@Resource(
  qosRule('minimum_bandwidth', [
    extension(
      'qos-bw-minimum-ingress',
      'Ingress direction for QoS minimum bandwidth rule',
      'Allow to configure QoS minumum bandwidth rule with ingress direction.',
      '2018-07-09T10:00:00-00:00',
    ),
  ]),
)
export class QosMinimumBandwidthRule extends QosRule {
  @Field(amount, { required: true, filter: true, sort: true }) readonly min_kbps!: number;
  @Field(direction, { default: 'egress', filter: true, sort: true }) readonly direction!: string;
}

/** neutron-lib: qos_pps_rule. Thousands of packets a second. */
@Resource(
  qosRule('packet_rate_limit', [
    extension(
      'qos-pps',
      'QoS Rule Type Packet per Second Extension',
      'Add QoS Rule Type Packet per Second',
      '2021-05-12T10:00:00-00:00',
    ),
  ]),
)
export class QosPacketRateLimitRule extends QosRule {
  @Field(amount, { required: true, filter: true, sort: true }) readonly max_kpps!: number;
  @Field(amount, { default: 0, filter: true, sort: true }) readonly max_burst_kpps!: number;
  @Field(direction, { default: 'egress', filter: true, sort: true }) readonly direction!: string;
}

/** neutron-lib: qos_pps_minimum_rule. Thousands of packets a second. */
@Resource(
  qosRule('minimum_packet_rate', [
    extension(
      'qos-pps-minimum',
      'QoS minimum packet rate rule',
      'Allow to configure QoS minimum packet rate rule.',
      '2021-07-14T10:00:00-00:00',
    ),
  ]),
)
export class QosMinimumPacketRateRule extends QosRule {
  @Field(amount, { required: true, filter: true, sort: true }) readonly min_kpps!: number;
  @Field(oneOf(['ingress', 'egress', 'any']), { default: 'egress', filter: true, sort: true })
  readonly direction!: string;
}

export type QosRuleData = DataOf<QosRule>;
