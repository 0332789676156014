import { IsArray, IsBoolean, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { Nested } from '#libs/messaging';
import { orNull } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import {
  jsonFlag,
  jsonList,
  jsonObject,
  jsonOneOf,
  jsonParts,
  jsonReference,
  jsonText,
  jsonWhole,
} from '../../resource/json-types.js';
import type { TextBounds } from '../../resource/json-types.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import type { RoleData } from './directory.js';
import { User } from './directory.js';
import { IdentityAttributes, OpenAttributes } from './identity-attributes.js';

/** A role by id or by name. */
export class RoleReference {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
}

/** An existing rule by its id, or the content of a new one. */
export class AccessRuleReference {
  @IsOptional() @IsString() @MaxLength(64) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly path?: string;
  @IsOptional() @IsString() @MaxLength(16) readonly method?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly service?: string;
}

function text(bounds: TextBounds): FieldType<string> {
  return { ...jsonText(bounds), checks: [IsString(), MaxLength(bounds.most)] };
}

function references<T extends object>(item: FieldType<T>, type: new () => T): FieldType<readonly T[]> {
  const list = jsonList(item, 100, false);
  return { ...list, checks: [IsArray(), ValidateNested({ each: true }), Nested(() => type)] };
}

const roles = references(
  jsonParts<RoleReference>(
    { id: jsonText({ least: 1, most: 64 }), name: jsonText({ least: 1, most: 255 }) },
    ['id'],
    ['name'],
  ),
  RoleReference,
);

const id = jsonText({ least: 1, most: 64 });
const service = jsonText({ least: 1, most: 64 });
const path = jsonText({ most: 128, pattern: /^\// });
const method = jsonOneOf(['GET', 'POST', 'HEAD', 'PATCH', 'PUT', 'DELETE']);
const accessRules = references(
  jsonParts<AccessRuleReference>({ id, path, method, service }, ['path', 'service', 'method'], ['id']),
  AccessRuleReference,
);

const flag: FieldType<boolean> = { ...jsonFlag, checks: [IsBoolean()] };
const project = { ...jsonText({ least: 1, most: 64 }), checks: text({ most: 255 }).checks ?? [] };
const userId = text({ least: 1, most: 255 });
const whole = (least: number): FieldType<number> => ({
  ...jsonWhole(least, 0x7f_ff_ff_ff),
  checks: [IsInt(), Min(least)],
});
/** A time in the future; the worker checks it. */
const time = orNull(text({ most: 64 }));

/** The requests that a token may make: the method on a path (`*`, `**`, `{name}`) of a kind of service. */
@Resource({
  api: 'identity',
  singular: 'access_rule',
  plural: 'access_rules',
  qualified: 'access_rule',
  path: 'access_rules',
  parent: { type: User, field: 'user_id' },
  operations: ['list', 'get', 'delete'],
  notFound: { code: 'AccessRuleNotFound', text: 'Could not find Access Rule: %s.' },
  since: '1.1',
})
export class AccessRule extends IdentityAttributes {
  @Field(service, { ...readOnly, filter: true }) readonly service!: string;
  @Field(method, { ...readOnly, filter: true }) readonly method!: string;
  @Field(path, { ...readOnly, filter: true }) readonly path!: string;
}
export type AccessRuleData = DataOf<AccessRule>;

/** With it a program authenticates as a user, on one project, with some of the user's roles. */
@Resource({
  api: 'identity',
  singular: 'application_credential',
  plural: 'application_credentials',
  qualified: 'application_credential',
  path: 'application_credentials',
  parent: { type: User, field: 'user_id' },
  operations: ['list', 'get', 'create', 'delete'],
  notFound: { code: 'ApplicationCredentialNotFound', text: 'Could not find Application Credential: %s.' },
  since: '1.1',
})
export class ApplicationCredential extends IdentityAttributes {
  @Field(text({ least: 1, most: 255, pattern: /\S/ }), { ...once, required: true, filter: true })
  readonly name!: string;
  @Field(id, readOnly) readonly user_id!: string;
  /** From the token that creates it; a value in the body is ignored, as is `system`. */
  @Field(jsonText({ most: 255 }), { ...once, computed: true }) readonly project_id!: string;
  @Field(orNull(jsonText({ most: 65_535 })), { ...once, computed: true, visible: false })
  readonly system?: string | null;
  @Field(orNull(text({ most: 65_535 })), once) readonly description!: string | null;
  /** Absent: all roles of the token. Shown in a separate form. */
  @Field(roles, { ...once, computed: true, visible: false }) readonly roles!: readonly RoleData[];
  @Field(orNull(flag), once) readonly unrestricted!: boolean;
  @Field(time, once) readonly expires_at!: string | null;
  /** Shown if there are any. */
  @Field(accessRules, { ...once, computed: true, visible: false }) readonly access_rules!: readonly AccessRuleData[];
  /** Masked in every dump of messages. Absent: it is generated. Returned only by the create. */
  @Field(orNull(text({ most: 4096, secret: true })), { ...once, computed: true }) readonly secret?: string | null;
}
export type ApplicationCredentialData = DataOf<ApplicationCredential>;

/**
 * The permission of a trustor for a trustee to act in the trustor's name. Unknown attributes in bodies are accepted,
 * but not stored.
 */
@Resource({
  api: 'identity',
  singular: 'trust',
  plural: 'trusts',
  path: 'OS-TRUST/trusts',
  operations: ['list', 'get', 'create', 'delete'],
  notFound: { code: 'TrustNotFound', text: 'Could not find trust: %s.' },
  since: '1.1',
})
export class Trust extends IdentityAttributes {
  @Field(userId, { ...once, required: true, filter: true }) readonly trustor_user_id!: string;
  @Field(userId, { ...once, required: true, filter: true }) readonly trustee_user_id!: string;
  @Field(orNull(project), once) readonly project_id!: string | null;
  @Field(flag, { ...once, required: true }) readonly impersonation!: boolean;
  /** Shown with separate links. */
  @Field(roles, { ...once, computed: true, visible: false }) readonly roles!: readonly RoleData[];
  @Field(time, once) readonly expires_at!: string | null;
  @Field(orNull(whole(1)), once) readonly remaining_uses!: number | null;
  @Field(orNull(flag), { ...once, computed: true, visible: false }) readonly allow_redelegation?: boolean | null;
  @Field(orNull(whole(0)), once) readonly redelegation_count!: number;
  /** A value in the body is ignored. */
  @Field(orNull(jsonText({ most: 64 })), { ...once, computed: true }) readonly redelegated_trust_id!: string | null;
  @Field(jsonObject(), { ...once, computed: true, visible: false }) readonly extra?: Readonly<Record<string, unknown>>;
}
export type TrustData = DataOf<Trust>;

/** A user's secret for another authentication method: EC2 keys, TOTP. */
@Resource({
  api: 'identity',
  singular: 'credential',
  plural: 'credentials',
  notFound: { code: 'CredentialNotFound', text: 'Could not find credential: %s.' },
  since: '1.1',
})
export class Credential extends OpenAttributes {
  /** Generated here for every type but `ec2`, whose id is the SHA-256 of the access key. */
  @Field(jsonText({ most: 64 }), { put: false }) override readonly id!: string;
  @Field(jsonReference, { required: true, filter: true }) readonly user_id!: string;
  @Field(jsonReference, { required: true, filter: true }) readonly type!: string;
  /** Encrypted in the database; JSON of `access` and `secret` for `ec2`. */
  @Field(jsonText({ most: 65_535, secret: true }), { required: true, computed: true }) readonly blob!: string;
  @Field(orNull(jsonReference), { default: null }) readonly project_id!: string | null;
}
export type CredentialData = DataOf<Credential>;

/** A user's keys for signing requests to EC2's and S3's API; the access key is used in paths. */
@Resource({
  api: 'identity',
  singular: 'credential',
  plural: 'credentials',
  qualified: 'ec2_credential',
  path: 'credentials/OS-EC2',
  parent: { type: User, field: 'user_id' },
  operations: ['list', 'get', 'create', 'delete'],
  notFound: { code: 'CredentialNotFound', text: 'Could not find credential: %s.' },
  since: '1.1',
})
export class Ec2Credential {
  @Field(id, readOnly) readonly user_id!: string;
  @Field(orNull(project), { post: project, put: false, name: 'tenant_id', required: true }) readonly project_id!:
    | string
    | null;
  @Field(id, readOnly) readonly access!: string;
  @Field(id, readOnly) readonly secret!: string;
  @Field(orNull(id), readOnly) readonly trust_id!: string | null;
}
export type Ec2CredentialData = DataOf<Ec2Credential>;

/** With it a consumer of OAuth 1.0a acts for a user, on one project, with some of the user's roles. */
@Resource({
  api: 'identity',
  singular: 'access_token',
  plural: 'access_tokens',
  qualified: 'access_token',
  path: 'OS-OAUTH1/access_tokens',
  parent: { type: User, field: 'user_id' },
  operations: ['list', 'get', 'delete'],
  notFound: { code: 'OAuth1TokenNotFound', text: 'Access token not found' },
  since: '1.1',
})
export class AccessToken extends IdentityAttributes {
  @Field(id, readOnly) readonly consumer_id!: string;
  @Field(id, readOnly) readonly project_id!: string;
  @Field(id, readOnly) readonly authorizing_user_id!: string;
  @Field(time, readOnly) readonly expires_at!: string | null;
  /** Shown by separate routes. */
  @Field(roles, { ...readOnly, computed: true, visible: false }) readonly roles!: readonly RoleData[];
}
export type AccessTokenData = DataOf<AccessToken>;
export const { page: AccessTokenPage } = declarationOf(AccessToken);

export const delegationErrors = {
  CredentialNotFound: { status: 404, retryable: false },
  ApplicationCredentialNotFound: { status: 404, retryable: false },
  AccessRuleNotFound: { status: 404, retryable: false },
  TrustNotFound: { status: 404, retryable: false },
  /** keystone's 403 for an operation that a delegation does not permit. */
  DelegationForbidden: { status: 403, retryable: false },
} as const;
