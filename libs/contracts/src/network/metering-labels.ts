import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { orNull } from '../resource/field-type.js';
import { Resource } from '../resource/resource.js';
import type { RuleRow } from '#libs/policy';
import { ADMIN_OR_PROJECT_MANAGER, ADMIN_OR_PROJECT_READER } from './owned-rules.js';
import { OwnedAttributes } from './standard-attributes.js';
import { looseCidr } from './types/address-types.js';
import { flag, nameText, oneOf, text, uuid } from './types/plain-types.js';

const LABELS = '/metering/metering-labels';
const RULES = '/metering/metering-label-rules';

function meteringRules(singular: string, path: string, what: string): readonly RuleRow[] {
  return [
    [`create_${singular}`, ADMIN_OR_PROJECT_MANAGER, `Create ${what}`, `POST ${path}`],
    [`get_${singular}`, ADMIN_OR_PROJECT_READER, `Show and list ${what}`, `GET ${path}, GET ${path}/{id}`],
    [`delete_${singular}`, ADMIN_OR_PROJECT_MANAGER, `Delete ${what}`, `DELETE ${path}/{id}`],
  ];
}

/** neutron-lib: metering. A label under which traffic of a project's routers is counted. */
@Resource({
  api: 'network',
  singular: 'metering_label',
  plural: 'metering_labels',
  path: LABELS.slice(1),
  notFound: { code: 'MeteringLabelNotFound', text: "Metering label '%s' does not exist." },
  since: '1.1',
  operations: ['list', 'get', 'create', 'delete'],
  quota: true,
  extensions: [
    {
      alias: 'metering',
      name: 'Neutron Metering',
      description: 'Neutron Metering extension.',
      updated: '2013-06-12T10:00:00-00:00',
    },
  ],
  rules: meteringRules('metering_label', LABELS, 'a metering label'),
})
export class MeteringLabel extends OwnedAttributes {
  @Field(nameText, { ...once, default: '', filter: true, sort: true }) readonly name!: string;
  @Field(text(1024), { ...once, default: '', filter: true, sort: true }) readonly description!: string;
  /** Whether it counts for the routers of all projects. */
  @Field(flag, { ...once, default: false, filter: true, sort: true }) readonly shared!: boolean;
}

export type MeteringLabelData = DataOf<MeteringLabel>;

const prefix = orNull({ ...looseCidr, kind: 'text' as const });

/** neutron-lib: metering, metering_source_and_destination_filters. The traffic that a label counts. */
@Resource({
  api: 'network',
  singular: 'metering_label_rule',
  plural: 'metering_label_rules',
  path: RULES.slice(1),
  notFound: { code: 'MeteringLabelRuleNotFound', text: "Metering label rule '%s' does not exist." },
  since: '1.1',
  operations: ['list', 'get', 'create', 'delete'],
  quota: true,
  extensions: [
    {
      alias: 'metering_source_and_destination_fields',
      name: 'Neutron Metering with source and destination filtering',
      description:
        'Neutron Metering extension that enables the use of source and destination IP prefixes to create metering label rules.',
      updated: '2020-08-21T08:12:00-00:00',
    },
  ],
  rules: meteringRules('metering_label_rule', RULES, 'a rule of a metering label'),
})
export class MeteringLabelRule extends OwnedAttributes {
  /** Accepted in a create, and not shown: a rule belongs to the project of its label. */
  @Field(text(255), { put: false, alias: 'tenant_id', visible: false }) override readonly project_id!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly metering_label_id!: string;
  @Field(oneOf(['ingress', 'egress']), { ...once, required: true, filter: true, sort: true })
  readonly direction!: string;
  /** Whether the traffic is left out of the count. */
  @Field(flag, { ...once, default: false, filter: true, sort: true }) readonly excluded!: boolean;
  @Field(prefix, { ...once, default: null, filter: true, sort: true }) readonly remote_ip_prefix!: string | null;
  @Field(prefix, { ...once, default: null, filter: true, sort: true }) readonly source_ip_prefix!: string | null;
  @Field(prefix, { ...once, default: null, filter: true, sort: true })
  readonly destination_ip_prefix!: string | null;
}

export type MeteringLabelRuleData = DataOf<MeteringLabelRule>;

export const meteringErrors = {
  MeteringLabelNotFound: { status: 404, retryable: false },
  MeteringLabelRuleNotFound: { status: 404, retryable: false },
  MeteringLabelRuleOverlaps: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
