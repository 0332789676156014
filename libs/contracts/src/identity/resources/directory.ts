import { IsArray, IsBoolean, IsObject, IsString, MaxLength, MinLength } from 'class-validator';
import { orNull, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { jsonDescription, jsonFlag, jsonId, jsonList, jsonObject, jsonText } from '../../resource/json-types.js';
import type { TextBounds } from '../../resource/json-types.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { IsResourceOptions, invalidOption } from '../resource-options.js';
import type { OptionedKind, ResourceOptions } from '../resource-options.js';
import { OpenAttributes } from './identity-attributes.js';

function text(bounds: TextBounds): FieldType<string> {
  const { least = 0, most } = bounds;
  return { ...jsonText(bounds), checks: [IsString(), ...(least > 0 ? [MinLength(least)] : []), MaxLength(most)] };
}

const name = (most: number): FieldType<string> => text({ least: 1, most, pattern: /\S/ });
/** Workers accept longer names in updates than the API does. */
const shortName = { ...name(64), checks: name(255).checks ?? [] };
const idOrNull = orNull(text({ most: 255 }));
const description = orNull(text({ most: 65_535 }));
const flag: FieldType<boolean> = { ...jsonFlag, checks: [IsBoolean()] };
const made = text({ most: 255 });

/** The API-WG's guideline on tags. */
const tags: FieldType<readonly string[]> = {
  ...jsonList(jsonText({ least: 1, most: 255, pattern: /^[^,/]*$/ }), 80),
  checks: [IsArray(), IsString({ each: true })],
};

const options = (kind: OptionedKind): FieldType<ResourceOptions> => ({
  kind: 'json',
  refuse: (value) => invalidOption(kind, value),
  schema: { type: 'object' },
  checks: [IsResourceOptions(kind)],
});

/** The attribute of users of other identity providers: there are none, and clients send an empty list. */
const nothing: FieldType<readonly never[]> = {
  kind: 'json',
  refuse: (value) => (Array.isArray(value) && value.length === 0 ? undefined : `${shownValue(value)} is too long`),
  schema: { type: 'array', maxItems: 0 },
};

/**
 * Attributes that clients set and that have no meaning here; null in an update removes one. Absent from an older
 * worker.
 */
class OptionedAttributes {
  @Field(made, { ...readOnly, filter: true }) readonly id!: string;
  @Field({ ...jsonObject(), checks: [IsObject()] }, { visible: false })
  readonly extra?: Readonly<Record<string, unknown>>;
}

const since = { version: '1.1', contract: '1.1' } as const;

/** A namespace of users and projects; keystone's API lists it among the projects, too. */
@Resource({
  api: 'identity',
  singular: 'domain',
  plural: 'domains',
  notFound: { code: 'DomainNotFound', text: 'Could not find domain: %s.' },
  changes: [{ ...since, adds: ['options', 'extra', 'tags'], takes: ['explicit_domain_id'] }],
})
export class Domain extends OptionedAttributes {
  @Field(name(64), { put: shortName, required: true, filter: true }) readonly name!: string;
  /** The id of the new domain, 32 hexadecimal digits; absent: generated. */
  @Field(orNull(text({ most: 64 })), { ...once, visible: false }) readonly explicit_domain_id?: string | null;
  @Field(description) readonly description!: string;
  @Field(flag, { filter: true }) readonly enabled!: boolean;
  @Field(tags, { default: [] }) readonly tags?: readonly string[];
  @Field(options('domain'), { default: {} }) readonly options?: ResourceOptions;
}
export type DomainData = DataOf<Domain>;

@Resource({
  api: 'identity',
  singular: 'project',
  plural: 'projects',
  notFound: { code: 'ProjectNotFound', text: 'Could not find project: %s.' },
  changes: [{ ...since, adds: ['options', 'extra', 'parent_id', 'is_domain'] }],
})
export class Project extends OptionedAttributes {
  @Field(name(64), { put: shortName, required: true, filter: true }) readonly name!: string;
  /** Null with `is_domain`. Cannot be changed, nor can `parent_id` and `is_domain`. */
  @Field(idOrNull, { filter: true }) readonly domain_id!: string | null;
  @Field(orNull(made), { ...readOnly, visible: false }) readonly domain_name!: string | null;
  @Field(description) readonly description!: string;
  @Field(flag, { filter: true }) readonly enabled!: boolean;
  /** Null: directly below its domain, which the API shows as its parent. */
  @Field(idOrNull, { filter: true }) readonly parent_id?: string | null;
  /** A domain that keystone's API lists among the projects: its own domain is null. */
  @Field(flag, { default: false, filter: true }) readonly is_domain?: boolean;
  @Field(tags, { default: [] }) readonly tags?: readonly string[];
  @Field(options('project'), { default: {} }) readonly options?: ResourceOptions;
}
export type ProjectData = DataOf<Project>;

/** Without the password hash, which never leaves the worker. */
@Resource({
  api: 'identity',
  singular: 'user',
  plural: 'users',
  notFound: { code: 'UserNotFound', text: 'Could not find user: %s.' },
  changes: [{ ...since, adds: ['options', 'extra', 'password_expires_at'] }],
})
export class User extends OptionedAttributes {
  @Field(name(255), { required: true, filter: true }) readonly name!: string;
  /** Cannot be changed. */
  @Field(idOrNull, { filter: true }) readonly domain_id!: string;
  @Field(made, { ...readOnly, visible: false }) readonly domain_name!: string;
  @Field(flag, { filter: true }) readonly enabled!: boolean;
  @Field(idOrNull, { visible: 'given' }) readonly default_project_id!: string | null;
  @Field(idOrNull, { visible: 'given' }) readonly email!: string | null;
  @Field(description, { visible: 'given' }) readonly description?: string | null;
  /** ISO 8601 in UTC, without `Z`; null: the password never expires. */
  @Field(orNull(made), readOnly) readonly password_expires_at?: string | null;
  @Field(options('user'), { default: {} }) readonly options?: ResourceOptions;
  /** Masked in every dump of messages. Null: the user cannot log in with a password. */
  @Field(orNull(text({ most: 4096, secret: true })), { visible: false }) readonly password?: string | null;
  @Field(nothing, { computed: true, visible: false }) readonly federated?: readonly never[];
}
export type UserData = DataOf<User>;

@Resource({
  api: 'identity',
  singular: 'role',
  plural: 'roles',
  notFound: { code: 'RoleNotFound', text: 'Could not find role: %s.' },
  changes: [{ ...since, adds: ['options', 'extra'] }],
})
export class Role extends OptionedAttributes {
  @Field(name(255), { required: true, filter: true }) readonly name!: string;
  /** The domain of a domain role, which has effect only through the roles it implies. Cannot be changed. */
  @Field(idOrNull, { filter: true }) readonly domain_id!: string | null;
  @Field(description) readonly description?: string | null;
  @Field(options('role'), { default: {} }) readonly options?: ResourceOptions;
}
export type RoleData = DataOf<Role>;

/** A group of users of a domain; its members have its role assignments. */
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

export const { object: DomainObject, page: DomainPage } = declarationOf(Domain);
export const { object: ProjectObject, page: ProjectPage } = declarationOf(Project);
export const { object: UserObject, page: UserPage } = declarationOf(User);
export const { object: RoleObject, page: RolePage } = declarationOf(Role);

export const groupErrors = {
  GroupNotFound: { status: 404, retryable: false },
  GroupMemberNotFound: { status: 404, retryable: false },
  ImpliedRoleNotFound: { status: 404, retryable: false },
  InvalidImpliedRole: { status: 403, retryable: false },
  ProjectTagNotFound: { status: 404, retryable: false },
  DomainConfigNotFound: { status: 404, retryable: false },
  InvalidDomainConfig: { status: 403, retryable: false },
} as const;
