import { declarationOf, directoryResources, identityContract } from '#libs/contracts';
import type { Declaration, ListArgs, Page, TrustArgs } from '#libs/contracts';
import { RpcEndpoint } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import { addMethods } from '../resources/resource-endpoint.js';
import { DomainManager } from './changes/domain-manager.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { ProjectManager } from './changes/project-manager.js';
import { RoleManager } from './changes/role-manager.js';
import { UserManager } from './changes/user-manager.js';
import { AccessRuleManager, ApplicationCredentialManager } from './delegation/application-credential-managers.js';
import { Ec2CredentialManager } from './delegation/ec2-credential-manager.js';
import { TrustManager } from './delegation/trust-manager.js';
import { IdentityDirectory } from './identity-directory.js';
import type { IdentityKindName } from './identity-kinds.js';
import { IdentityPolicy } from './identity-policy.js';
import type { DirectoryResource } from './resources/directory-resource.js';
import { SecretBox } from './secret-box.js';

/** The contract has checked them before: a list has no id, all others have one. */
type Args = ListArgs & { readonly id: string; readonly user_id?: string; readonly part?: TrustArgs['part'] };

/** The operations on one kind, with the arguments of the kind's methods on the bus. */
interface KindManager {
  list(ctx: RequestContext, args: Args): Promise<Page<object>>;
  get(ctx: RequestContext, args: Args): Promise<object>;
  create(ctx: RequestContext, args: object): Promise<object>;
  update?(ctx: RequestContext, args: object): Promise<object>;
  delete(ctx: RequestContext, args: Args): Promise<void>;
}

type KindName = keyof typeof directoryResources;
type Serve = (endpoint: DirectoryEndpoint, ctx: RequestContext, args: Args) => Promise<object | null>;

/** The methods of a kind, by name (`domain_list`). */
function methodsOf(name: KindName, { object, page, operations }: Declaration): readonly (readonly [string, Serve])[] {
  const methods: Readonly<Record<string, Serve>> = {
    list: async ({ managers }, ctx, args) => page.wrap(await managers[name].list(ctx, args)),
    get: async ({ managers }, ctx, args) => object.wrap(await managers[name].get(ctx, args)),
    create: async ({ managers }, ctx, args) => object.wrap(await managers[name].create(ctx, args)),
    update: async ({ managers }, ctx, args) => object.wrap((await managers[name].update?.(ctx, args)) ?? {}),
    delete: async ({ managers }, ctx, args) => {
      await managers[name].delete(ctx, args);
      return null;
    },
  };
  return Object.entries(methods).flatMap(([operation, serve]) =>
    [...operations].some((one) => one === operation) ? [[`${name}_${operation}`, serve]] : [],
  );
}

/** Adds the methods of all kinds to the class. Stands below @RpcEndpoint, which reads them. */
function servesDirectory(type: { readonly prototype: DirectoryEndpoint }): void {
  for (const [name, resource] of Object.entries(directoryResources)) {
    addMethods(type.prototype, methodsOf(name as KindName, declarationOf<object>(resource)));
  }
}

/** Domains, projects, users and roles: reads and changes. */
function inDirectory(
  directory: IdentityDirectory,
  kind: IdentityKindName,
  manager: Required<Pick<KindManager, 'create' | 'update'>> & {
    delete(ctx: RequestContext, id: string): Promise<void>;
  },
): KindManager {
  return {
    list: (ctx, args) => directory.list(ctx, kind, args),
    get: (ctx, { id }) => directory.get(ctx, kind, id),
    create: (ctx, args) => manager.create(ctx, args),
    update: (ctx, args) => manager.update(ctx, args),
    delete: (ctx, { id }) => manager.delete(ctx, id),
  };
}

/** A declared resource that belongs to a user; lists are filtered by the owner. */
function owned(manager: DirectoryResource<object>): KindManager {
  return {
    list: (ctx, { filters, ...whose }) => {
      const named = Object.entries(whose).map(([name, value]) => [name, [String(value)]]);
      return manager.list(ctx, { filters: { ...filters, ...Object.fromEntries(named) } });
    },
    get: (ctx, { id, user_id: userId }) => manager.get(ctx, id, undefined, userId),
    create: async (ctx, args) => (await manager.create(ctx, [args]))[0] ?? {},
    delete: (ctx, { id, user_id: userId }) =>
      manager.delete(ctx, { id, ...(userId === undefined ? {} : { parent_id: userId }) }),
  };
}

/** The topic identity: methods whose arguments are flat. */
@RpcEndpoint(identityContract)
@servesDirectory
export class DirectoryEndpoint {
  readonly managers: Readonly<Record<KindName, KindManager>>;

  constructor(
    directory: IdentityDirectory,
    domains: DomainManager,
    projects: ProjectManager,
    users: UserManager,
    roles: RoleManager,
    changes: IdentityChanges,
    policy: IdentityPolicy,
    secrets: SecretBox,
  ) {
    const context = { changes, policy, secrets };
    const trusts = new TrustManager(context);
    this.managers = {
      domain: inDirectory(directory, 'domain', domains),
      project: inDirectory(directory, 'project', projects),
      user: inDirectory(directory, 'user', users),
      role: inDirectory(directory, 'role', roles),
      application_credential: owned(new ApplicationCredentialManager(context)),
      access_rule: owned(new AccessRuleManager(context)),
      ec2_credential: owned(new Ec2CredentialManager(context)),
      trust: { ...owned(trusts), get: (ctx, { id, part = 'trust' }) => trusts.show(ctx, { id, part }) },
    };
  }
}
