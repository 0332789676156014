import { type } from '#libs/messaging';
import type { FieldType } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { jsonList } from '../../resource/json-types.js';
import { fieldArgs } from '../../resource/resource-args.js';
import type { FieldArgs } from '../../resource/resource-args.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { madeText, madeTexts, novaName, novaOneOf, numbersByKey } from './nova-types.js';

export const GROUP_POLICIES = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
export type GroupPolicy = (typeof GROUP_POLICIES)[number];

const policy = novaOneOf(GROUP_POLICIES);

/** The one policy of a group in its older form, a list. */
const policyList: FieldType<readonly GroupPolicy[]> = {
  ...jsonList(policy, 1),
  refuse: (value) =>
    Array.isArray(value) && value.length === 0 ? '[] is too short' : jsonList(policy, 1).refuse(value),
};

/** nova's server group: servers that must be on one host, or on different ones. */
@Resource({
  api: 'compute',
  singular: 'server_group',
  plural: 'server_groups',
  path: 'os-server-groups',
  notFound: { code: 'InstanceGroupNotFound', text: 'Instance group %s could not be found.' },
})
export class ServerGroup {
  @Field(madeText, readOnly) readonly id!: string;
  @Field(novaName, { ...once, required: true }) readonly name!: string;
  @Field(madeText, { ...readOnly, since: 13 }) readonly project_id!: string;
  @Field(madeText, { ...readOnly, since: 13 }) readonly user_id!: string;
  @Field(policyList, { ...once, required: true, computed: true, until: 63 }) readonly policies?: readonly GroupPolicy[];
  @Field(policy, { ...once, required: true, since: 64 }) readonly policy!: string;
  /** `max_server_per_host` of anti-affinity. */
  @Field(numbersByKey(['max_server_per_host']), { ...once, since: 64 }) readonly rules!: Readonly<
    Record<string, number>
  >;
  /** Ids of the servers that are not deleted. */
  @Field(madeTexts, { ...readOnly, computed: true }) readonly members!: readonly string[];
}
export type ServerGroupData = DataOf<ServerGroup>;

export type ServerGroupCreateArgs = FieldArgs<
  ServerGroup,
  'rules',
  'id' | 'project_id' | 'user_id' | 'policies' | 'members'
>;
export const ServerGroupCreateArgs = fieldArgs(declarationOf(ServerGroup), type<ServerGroupCreateArgs>());
