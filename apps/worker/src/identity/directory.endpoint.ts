import { Domain, Project, Role, User, declarationOf, identityContract } from '#libs/contracts';
import type { Declaration, ListArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import { DomainManager } from './changes/domain-manager.js';
import { ProjectManager } from './changes/project-manager.js';
import { RoleManager } from './changes/role-manager.js';
import { UserManager } from './changes/user-manager.js';
import { IdentityDirectory } from './identity-directory.js';
import type { IdentityKindName } from './identity-kinds.js';

/** What changes one kind; the arguments are those of the kind's methods on the bus. */
interface KindManager {
  create(ctx: RequestContext, args: object): Promise<object>;
  update(ctx: RequestContext, args: object): Promise<object>;
  delete(ctx: RequestContext, id: string): Promise<void>;
}

/** Checked against the contract before: a list has no id, all others have one. */
type Args = ListArgs & { readonly id: string };

type Serve = (endpoint: DirectoryEndpoint, ctx: RequestContext, args: Args) => Promise<object | null>;

/** The five methods of a kind, by what they are called behind its name (`domain_list`). */
function methodsOf(kind: IdentityKindName, { object, page }: Declaration): Readonly<Record<string, Serve>> {
  return {
    list: async ({ directory }, ctx, args) => page.wrap(await directory.list(ctx, kind, args)),
    get: async ({ directory }, ctx, { id }) => object.wrap(await directory.get(ctx, kind, id)),
    create: async ({ managers }, ctx, args) => object.wrap(await managers[kind].create(ctx, args)),
    update: async ({ managers }, ctx, args) => object.wrap(await managers[kind].update(ctx, args)),
    delete: async ({ managers }, ctx, { id }) => {
      await managers[kind].delete(ctx, id);
      return null;
    },
  };
}

const KINDS: Readonly<Record<IdentityKindName, Declaration>> = {
  domain: declarationOf(Domain),
  project: declarationOf(Project),
  user: declarationOf(User),
  role: declarationOf(Role),
};

/** Gives the class the methods of all kinds. Stands below @RpcEndpoint, which reads them. */
function servesDirectory({ prototype }: { readonly prototype: object }): void {
  for (const [kind, declaration] of Object.entries(KINDS)) {
    for (const [operation, serve] of Object.entries(methodsOf(kind as IdentityKindName, declaration))) {
      const name = `${kind}_${operation}`;
      const descriptor: PropertyDescriptor = {
        configurable: true,
        writable: true,
        value(this: DirectoryEndpoint, ctx: RequestContext, args: Args) {
          return serve(this, ctx, args);
        },
      };
      RpcMethod(name)(prototype, name, descriptor);
      Object.defineProperty(prototype, name, descriptor);
    }
  }
}

/** The topic identity: domains, projects, users and roles. */
@RpcEndpoint(identityContract)
@servesDirectory
export class DirectoryEndpoint {
  readonly managers: Readonly<Record<IdentityKindName, KindManager>>;

  constructor(
    readonly directory: IdentityDirectory,
    domain: DomainManager,
    project: ProjectManager,
    user: UserManager,
    role: RoleManager,
  ) {
    this.managers = { domain, project, user, role };
  }
}
