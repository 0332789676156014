import { orNull } from '../../resource/field-type.js';
import { Field } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { OpenAttributes } from './identity-attributes.js';
import { jsonDescription, jsonId, jsonText } from '../../resource/json-types.js';

/** A group of users of a domain; what it is granted its members have. */
@Resource({
  api: 'identity',
  singular: 'group',
  plural: 'groups',
  notFound: { code: 'GroupNotFound', text: 'Could not find group: %s.' },
  since: '1.1',
})
export class Group extends OpenAttributes {
  @Field(jsonText({ least: 1, most: 64, pattern: /\S+/ }), { required: true, filter: true }) readonly name!: string;
  /** Cannot be changed. */
  @Field(orNull(jsonId), { filter: true }) readonly domain_id!: string;
  @Field(orNull(jsonDescription), { default: '' }) readonly description!: string | null;
}
export type GroupData = DataOf<Group>;

export const groupErrors = {
  GroupNotFound: { status: 404, retryable: false },
  GroupMemberNotFound: { status: 404, retryable: false },
  ImpliedRoleNotFound: { status: 404, retryable: false },
  InvalidImpliedRole: { status: 403, retryable: false },
  ProjectTagNotFound: { status: 404, retryable: false },
  DomainConfigNotFound: { status: 404, retryable: false },
  InvalidDomainConfig: { status: 403, retryable: false },
} as const;
