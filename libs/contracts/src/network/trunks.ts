import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_MEMBER, ADMIN_OR_PROJECT_READER, ownedRules, tagRules } from './owned-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { isRecord, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import { listOf, objectOf } from './types/list-types.js';
import { flag, nameText, oneOf, text, uuid, whole } from './types/plain-types.js';

const PATH = '/trunks';

/** A port of a trunk, in a request. */
export class SubportInput {
  @Field(uuid, { required: true }) readonly port_id!: string;
  /** `vlan`, or `inherit`: the type of the port's network. */
  @Field(oneOf(['vlan', 'inherit'])) readonly segmentation_type?: string;
  @Field(whole(1, 4094)) readonly segmentation_id?: number;
}

/** A port of a trunk, and the tag of its frames. */
export interface Subport {
  readonly port_id: string;
  readonly segmentation_type: string;
  readonly segmentation_id: number;
}

const subports = listOf(objectOf(SubportInput, 'subport'), {
  key: (entry) => (isRecord(entry) ? entry['port_id'] : undefined),
  duplicate: 'port_id',
});

/** `type:subports`: each port and each tag only once, and a tag's type and id only together. */
const subportList: FieldType<readonly SubportInput[]> = {
  ...subports,
  refuse: (value) => subports.refuse(value) ?? (Array.isArray(value) ? refuseTags(value.filter(isRecord)) : undefined),
};

function refuseTags(entries: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const tags = new Set<unknown>();
  for (const { port_id: port, segmentation_type: type, segmentation_id: id } of entries) {
    if (type === 'inherit' || (type === undefined && id === undefined)) continue;
    if (type === undefined || id === undefined) {
      return `Invalid subport details ${shownValue(port)}: missing segmentation information. Must specify both segmentation_id and segmentation_type`;
    }
    if (tags.has(id)) return `Segmentation ID ${shownValue(id)} for ${shownValue(port)} is not unique`;
    tags.add(id);
  }
  return undefined;
}

/** The body of add_subports. */
export class AddedSubports {
  @Field(subportList, { required: true }) readonly sub_ports!: readonly SubportInput[];
}

class RemovedSubport {
  @Field(uuid, { required: true }) readonly port_id!: string;
  @Field(text(255)) readonly segmentation_type?: string;
  @Field(whole(0, 4095)) readonly segmentation_id?: number;
}

/** The body of remove_subports. */
export class RemovedSubports {
  @Field(listOf(objectOf(RemovedSubport, 'subport')), { required: true })
  readonly sub_ports!: readonly { readonly port_id: string }[];
}

/** neutron-lib: trunk. A port that carries the traffic of other ports, each in its own VLAN. */
@Resource({
  api: 'network',
  singular: 'trunk',
  plural: 'trunks',
  notFound: { code: 'TrunkNotFound', text: 'Trunk %s could not be found.' },
  since: '1.1',
  quota: true,
  tags: true,
  extensions: [
    {
      alias: 'trunk',
      name: 'Trunk Extension',
      description: 'Provides support for trunk ports',
      updated: '2016-01-01T10:00:00-00:00',
    },
  ],
  actions: {
    add_subports: { body: AddedSubports, answer: 'plain' },
    remove_subports: { body: RemovedSubports, answer: 'plain' },
    get_subports: { method: 'GET', answer: 'plain' },
  },
  rules: [
    ...ownedRules('trunk', PATH, 'a trunk'),
    ...tagRules('trunk', PATH),
    ['get_subports', ADMIN_OR_PROJECT_READER, 'List the subports of a trunk', `GET ${PATH}/{id}/get_subports`],
    ['add_subports', ADMIN_OR_PROJECT_MEMBER, 'Add subports to a trunk', `PUT ${PATH}/{id}/add_subports`],
    ['remove_subports', ADMIN_OR_PROJECT_MEMBER, 'Remove subports of a trunk', `PUT ${PATH}/{id}/remove_subports`],
  ],
})
export class Trunk extends TaggedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  /** The port that carries the others. */
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly port_id!: string;
  /** The status of its port. */
  @Field(oneOf(['ACTIVE', 'DOWN']), { ...readOnly, computed: true, filter: true, sort: true })
  readonly status!: string;
  @Field(subportList, { ...once, computed: true }) readonly sub_ports!: readonly SubportInput[];
}

export type TrunkData = DataOf<Trunk>;
export type TrunkInput = InputOf<Trunk>;

const inUse = { status: 409, retryable: false } as const;

export const trunkErrors = {
  TrunkNotFound: { status: 404, retryable: false },
  SubPortNotFound: { status: 404, retryable: false },
  TrunkPortInUse: inUse,
  DuplicateSubPort: inUse,
  ParentPortInUse: inUse,
  SubPortMtuGreaterThanTrunkPortMtu: inUse,
  PortInUseAsTrunkParent: inUse,
  PortInUseAsSubPort: inUse,
  TrunkInUse: inUse,
  TrunkDisabled: inUse,
} as const satisfies Record<string, ExpectedErrorKind>;
