import { orNull } from '../../resource/field-type.js';
import { Field, once } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { IdentityAttributes } from './identity-attributes.js';
import { jsonId, jsonName, jsonText, jsonWhole } from '../../resource/json-types.js';

const amount = jsonWhole(-1, 0x7f_ff_ff_ff);
const regionId = jsonText({ least: 1, most: 255 });
const description = jsonText({ most: 255 });

/** keystone's registered limit: the default limit of a project for one resource of a service. */
@Resource({
  api: 'identity',
  singular: 'registered_limit',
  plural: 'registered_limits',
  path: 'registered_limits',
  bulk: true,
  notFound: { code: 'RegisteredLimitNotFound', text: 'Could not find registered limit for %s.' },
  since: '1.1',
})
export class RegisteredLimit extends IdentityAttributes {
  @Field(jsonId, { required: true, filter: true }) readonly service_id!: string;
  @Field(orNull(regionId), { default: null, filter: true }) readonly region_id!: string | null;
  @Field(jsonName, { required: true, filter: true }) readonly resource_name!: string;
  @Field(amount, { required: true }) readonly default_limit!: number;
  @Field(orNull(description), { default: null }) readonly description!: string | null;
}
export type RegisteredLimitData = DataOf<RegisteredLimit>;

/** keystone's limit: overrides the registered limit for a project or a domain. */
@Resource({
  api: 'identity',
  singular: 'limit',
  plural: 'limits',
  bulk: true,
  notFound: { code: 'LimitNotFound', text: 'Could not find limit for %s.' },
  since: '1.1',
})
export class Limit extends IdentityAttributes {
  @Field(orNull(jsonId), { ...once, default: null, filter: true }) readonly project_id!: string | null;
  @Field(orNull(jsonId), { ...once, default: null, filter: true }) readonly domain_id!: string | null;
  @Field(jsonId, { ...once, required: true, filter: true }) readonly service_id!: string;
  @Field(orNull(regionId), { ...once, default: null, filter: true }) readonly region_id!: string | null;
  @Field(jsonName, { ...once, required: true, filter: true }) readonly resource_name!: string;
  @Field(amount, { required: true }) readonly resource_limit!: number;
  @Field(orNull(description), { default: null }) readonly description!: string | null;
}
export type LimitData = DataOf<Limit>;

export const limitErrors = {
  RegisteredLimitNotFound: { status: 404, retryable: false },
  LimitNotFound: { status: 404, retryable: false },
  NoLimitReference: { status: 403, retryable: false },
  RegisteredLimitInUse: { status: 403, retryable: false },
} as const;
