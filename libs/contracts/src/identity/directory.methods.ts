import { IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { call, type } from '#libs/messaging';
import type { CallMethod } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import type { InputOf } from '../resource/input.js';
import { fieldArgs, fieldUpdateArgs } from '../resource/resource-args.js';
import type { ArgsOptions } from '../resource/resource-args.js';
import { declarationOf, resourceRule } from '../resource/resource.js';
import type { Operation } from '../resource/resource.js';
import { AccessRule, ApplicationCredential, Ec2Credential, Trust } from './resources/delegation.js';
import { Domain, Project, Role, User } from './resources/directory.js';

/** The fields of a request, where null means no description. */
type Given<R extends object> = Omit<InputOf<R>, 'description'> & { readonly description?: string | null };
export type DirectoryCreateArgs<R extends object> = Given<R> & { readonly name: string };
export type DirectoryUpdateArgs<R extends object> = Given<R> & { readonly id: string };

/** The resources whose arguments are flat, by the prefix of their methods. */
export const directoryResources = {
  domain: Domain,
  project: Project,
  user: User,
  role: Role,
  application_credential: ApplicationCredential,
  access_rule: AccessRule,
  ec2_credential: Ec2Credential,
  trust: Trust,
} as const;

type Row<K extends keyof typeof directoryResources> = InstanceType<(typeof directoryResources)[K]>;
type Kind = 'domain' | 'project' | 'user' | 'role';
/** Delegations of users to their own programs. */
type Owned = 'application_credential' | 'access_rule' | 'ec2_credential';

/** The gateway has chosen the domain of a user. */
type CreateArgs<K extends Kind> = DirectoryCreateArgs<Row<K>> & (K extends 'user' ? Pick<User, 'domain_id'> : unknown);

/** One object that a user owns. */
export class OwnedArgs extends IdArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
}

/** The user whose trusts are listed; neither: all. */
class TrustListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly trustor_user_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly trustee_user_id?: string;
}

export class TrustArgs extends IdArgs {
  /** The operation, which has its own rule. */
  @IsIn(['trust', 'roles', 'role']) readonly part!: 'trust' | 'roles' | 'role';
}

export class OwnedListArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsOptional() @IsObject() readonly filters?: Readonly<Record<string, readonly string[]>>;
}

type Lists<K extends keyof typeof directoryResources, A extends object> = {
  readonly [N in K as `${N}_list`]: CallMethod<A, VersionedObject<Page<Row<N>>>>;
};
type Gets<K extends keyof typeof directoryResources, A extends object> = {
  readonly [N in K as `${N}_get`]: CallMethod<A, VersionedObject<Row<N>>>;
};
type Creates<K extends keyof typeof directoryResources> = {
  readonly [N in K as `${N}_create`]: CallMethod<N extends Kind ? CreateArgs<N> : object, VersionedObject<Row<N>>>;
};
type Deletes<K extends string, A extends object> = { readonly [N in K as `${N}_delete`]: CallMethod<A, null> };

type DirectoryMethods = Lists<Kind, ListArgs> &
  Gets<Kind, IdArgs> &
  Creates<Kind> & {
    readonly [K in Kind as `${K}_update`]: CallMethod<DirectoryUpdateArgs<Row<K>>, VersionedObject<Row<K>>>;
  } & Deletes<Kind, IdArgs>;

type DelegationMethods = Lists<Owned, OwnedListArgs> &
  Gets<Owned, OwnedArgs> &
  Deletes<Owned, OwnedArgs> &
  Lists<'trust', TrustListArgs> &
  Gets<'trust', TrustArgs> &
  Deletes<'trust', IdArgs> &
  Creates<'application_credential' | 'ec2_credential' | 'trust'>;

/** Arguments of a kind that differ from its declaration. */
interface ArgsOfKind {
  /** Rules that are checked instead of the operation's own, or in addition to it. */
  readonly access?: Readonly<Partial<Record<Operation, readonly [string, ...string[]]>>>;
  readonly list?: new () => object;
  readonly get?: new () => IdArgs;
  readonly create?: ArgsOptions;
  readonly update?: ArgsOptions;
}

const domainSince = { since: { domain_id: '1.1' } } as const;

/**
 * The five methods of each kind of the directory, with flat arguments. Filters of the lists: id, name, enabled;
 * domain_id of projects, users and roles; parent_id, is_domain and the four tag filters of projects. Since 1.1
 * `<filter>__contains`, `__startswith`, `__endswith` and, case-insensitively, `__icontains` and so on. A token for a
 * domain sees only the objects in it. Deleting a domain deletes all its projects and users. Errors: PolicyNotAuthorized
 * (also for the deletion of an enabled domain), the kind's NotFound, Conflict for a name that is taken, InvalidInput.
 */
export const directoryMethods = {
  ...methodsOf('domain'),
  ...methodsOf('project', { create: { optionalSince: { domain_id: '1.1' } }, update: domainSince }),
  ...methodsOf('user', { create: { needed: ['domain_id'] }, update: domainSince }),
  ...methodsOf('role', { create: domainSince, update: domainSince }),
  // The functions next to this make exactly these methods.
} as DirectoryMethods;

/**
 * Delegations of users to other users, or to their own programs: in the same form. Errors: PolicyNotAuthorized,
 * DelegationForbidden, the NotFound of each, InvalidInput, Conflict.
 */
export const ownedMethods = {
  ...methodsOf('application_credential', {
    create: { given: ['roles', 'access_rules', 'secret'] },
  }),
  ...methodsOf('access_rule'),
  ...methodsOf('ec2_credential', {
    access: {
      list: ['identity:ec2_list_credentials'],
      get: ['identity:ec2_get_credential'],
      create: ['identity:ec2_create_credential'],
      delete: ['identity:ec2_delete_credential'],
    },
  }),
  ...methodsOf('trust', {
    list: TrustListArgs,
    get: TrustArgs,
    create: { given: ['roles', 'allow_redelegation'] },
    access: {
      list: ['identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee'],
      get: ['identity:get_trust', 'identity:list_roles_for_trust', 'identity:get_role_for_trust'],
    },
  }),
  // The function below makes exactly these methods.
} as DelegationMethods;

function methodsOf(
  name: keyof typeof directoryResources,
  { access: rules, list, get, create, update }: ArgsOfKind = {},
): Readonly<Record<string, CallMethod<object, object | null>>> {
  const declaration = declarationOf<object>(directoryResources[name]);
  const { parent, operations, since } = declaration;
  const access = (operation: Operation): readonly [string, ...string[]] => {
    const rule = resourceRule(declaration, operation);
    if (name === 'role') return [rule, rule.replace('_role', '_domain_role')];
    return rules?.[operation] ?? [rule];
  };
  const one = type<VersionedObject<object>>();
  const [listArgs, oneArgs] = parent === undefined ? [ListArgs, IdArgs] : [OwnedListArgs, OwnedArgs];
  const methods: Readonly<Record<Operation, CallMethod<object, object | null>>> = {
    list: call({
      access: access('list'),
      args: list ?? listArgs,
      result: type<VersionedObject<Page<object>>>(),
      idempotent: true,
      since,
    }),
    get: call({ access: access('get'), args: get ?? oneArgs, result: one, idempotent: true, since }),
    create: call({
      access: access('create'),
      args: fieldArgs(declaration, type<object>(), create),
      result: one,
      since,
    }),
    update: call({
      access: access('update'),
      args: fieldUpdateArgs(declaration, type<IdArgs>(), update),
      result: one,
      since,
    }),
    delete: call({ access: access('delete'), args: oneArgs, result: type<null>(), since }),
  };
  return Object.fromEntries([...operations].map((operation) => [`${name}_${operation}`, methods[operation]]));
}
