import { call, type } from '#libs/messaging';
import type { CallMethod } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import type { InputOf } from '../resource/input.js';
import { fieldArgs, fieldUpdateArgs } from '../resource/resource-args.js';
import type { ArgsOptions } from '../resource/resource-args.js';
import { declarationOf, resourceRule } from '../resource/resource.js';
import type { Operation, ResourceClass } from '../resource/resource.js';
import { Domain, Project, Role, User } from './resources/directory.js';

/** What a request gives, where null stands for no description. */
type Given<R extends object> = Omit<InputOf<R>, 'description'> & { readonly description?: string | null };
export type DirectoryCreateArgs<R extends object> = Given<R> & { readonly name: string };
export type DirectoryUpdateArgs<R extends object> = Given<R> & { readonly id: string };

interface Kinds {
  readonly domain: Domain;
  readonly project: Project;
  readonly user: User;
  readonly role: Role;
}
type Kind = keyof Kinds;
/** The gateway has chosen the domain of a user. */
type CreateArgs<K extends Kind> = DirectoryCreateArgs<Kinds[K]> &
  (K extends 'user' ? Pick<User, 'domain_id'> : unknown);

type DirectoryMethods = {
  readonly [K in Kind as `${K}_list`]: CallMethod<ListArgs, VersionedObject<Page<Kinds[K]>>>;
} & { readonly [K in Kind as `${K}_get`]: CallMethod<IdArgs, VersionedObject<Kinds[K]>> } & {
  readonly [K in Kind as `${K}_create`]: CallMethod<CreateArgs<K>, VersionedObject<Kinds[K]>>;
} & {
  readonly [K in Kind as `${K}_update`]: CallMethod<DirectoryUpdateArgs<Kinds[K]>, VersionedObject<Kinds[K]>>;
} & { readonly [K in Kind as `${K}_delete`]: CallMethod<IdArgs, null> };

/** Where the arguments of a kind are not what its declaration alone says. */
interface ArgsOfKind {
  readonly create?: ArgsOptions;
  readonly update?: ArgsOptions;
}

const domainSince = { since: { domain_id: '1.1' } } as const;

/**
 * The five methods of each kind of the directory, whose arguments lie side by side. Filters of the lists: id, name,
 * enabled; domain_id of projects, users and roles; parent_id, is_domain and the four of tags of projects. Since 1.1
 * `<filter>__contains`, `__startswith`, `__endswith` and, without case, `__icontains` and so on. A token for a domain is
 * shown what is in it. A domain goes with all its projects and users.
 * Errors: PolicyNotAuthorized (also for the deletion of an enabled domain), the kind's NotFound, Conflict for a name that
 * is taken, InvalidInput.
 */
export const directoryMethods = {
  ...methodsOf('domain', Domain),
  ...methodsOf('project', Project, { create: { optionalSince: { domain_id: '1.1' } }, update: domainSince }),
  ...methodsOf('user', User, { create: { needed: ['domain_id'] }, update: domainSince }),
  ...methodsOf('role', Role, { create: domainSince, update: domainSince }),
  // The functions beside make just these.
} as DirectoryMethods;

function methodsOf(
  kind: Kind,
  resource: ResourceClass,
  { create, update }: ArgsOfKind = {},
): Readonly<Record<string, CallMethod<object, object | null>>> {
  const declaration = declarationOf(resource);
  const access = (operation: Operation): readonly [string, ...string[]] => {
    const rule = resourceRule(declaration, operation);
    return kind === 'role' ? [rule, rule.replace('_role', '_domain_role')] : [rule];
  };
  const one = type<VersionedObject<object>>();
  return {
    [`${kind}_list`]: call({
      access: access('list'),
      args: ListArgs,
      result: type<VersionedObject<Page<object>>>(),
      idempotent: true,
    }),
    [`${kind}_get`]: call({ access: access('get'), args: IdArgs, result: one, idempotent: true }),
    [`${kind}_create`]: call({
      access: access('create'),
      args: fieldArgs(declaration, type<object>(), create),
      result: one,
    }),
    [`${kind}_update`]: call({
      access: access('update'),
      args: fieldUpdateArgs(declaration, type<IdArgs>(), update),
      result: one,
    }),
    [`${kind}_delete`]: call({ access: access('delete'), args: IdArgs, result: type<null>() }),
  };
}
