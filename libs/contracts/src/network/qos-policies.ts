import { PROJECT_READER, anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ADMIN_OR_PROJECT_MANAGER, tagRules } from './owned-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { listOf } from './types/list-types.js';
import { dictionary, flag, nameText } from './types/plain-types.js';

const PATH = '/qos/policies';
const READ = anyOf(ADMIN, PROJECT_READER, 'rule:shared_qos_policy');

const standard: Extension = {
  alias: 'qos-default',
  name: 'QoS default policy',
  description: 'Expose the QoS default policy per project',
  updated: '2017-041-06T10:00:00-00:00',
};

/** neutron-lib: qos, qos_default. A set of rules that is applied to ports, networks and floating IPs. */
@Resource({
  api: 'network',
  singular: 'policy',
  plural: 'policies',
  path: PATH.slice(1),
  notFound: { code: 'QosPolicyNotFound', text: 'QoS policy %s could not be found.' },
  since: '1.1',
  tags: true,
  extensions: [
    {
      alias: 'qos',
      name: 'Quality of Service',
      description: 'The Quality of Service extension.',
      updated: '2015-06-08T10:00:00-00:00',
    },
  ],
  rules: [
    ['get_policy', READ, 'Show and list QoS policies', `GET ${PATH}, GET ${PATH}/{id}`],
    ['create_policy', ADMIN_OR_PROJECT_MANAGER, 'Create a QoS policy', `POST ${PATH}`],
    ['update_policy', ADMIN_OR_PROJECT_MANAGER, 'Change a QoS policy', `PUT ${PATH}/{id}`],
    ['delete_policy', ADMIN_OR_PROJECT_MANAGER, 'Delete a QoS policy', `DELETE ${PATH}/{id}`],
    ...tagRules('policy', PATH, { read: READ, write: ADMIN_OR_PROJECT_MANAGER }),
  ],
})
export class QosPolicy extends TaggedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: false, filter: true }) readonly shared!: boolean;
  /** Whether it is the default of the project's new networks; at most one per project. */
  @Field(flag, { default: false, filter: true, extension: standard }) readonly is_default!: boolean;
  @Field(listOf(dictionary), { ...readOnly, computed: true })
  readonly rules!: readonly Readonly<Record<string, unknown>>[];
}

export type QosPolicyData = DataOf<QosPolicy>;

export const qosErrors = {
  QosPolicyNotFound: { status: 404, retryable: false },
  QosRuleNotFound: { status: 404, retryable: false },
  QoSPolicyDefaultAlreadyExists: { status: 409, retryable: false },
  QosPolicyInUse: { status: 409, retryable: false },
  PolicyRemoveAuthorizationError: { status: 403, retryable: false },
  QoSRuleParameterConflict: { status: 409, retryable: false },
  QoSRulesConflict: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
