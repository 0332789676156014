import {
  Authentication,
  Catalog,
  DomainPage,
  ProjectPage,
  RevocationPage,
  RoleAssignmentPage,
  identityContract,
} from '#libs/contracts';
import type {
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  IdentityContract,
  ListArgs,
  TokenRevokeArgs,
  ProjectRelativesArgs,
  UserProjectsArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { Store, readClock } from '../store/index.js';
import { authenticatePassword, authenticateToken } from './authenticate.js';
import { currentCatalog } from './catalog.js';
import { IdentityDirectory } from './identity-directory.js';
import { CurrentLoginLimits, loginSource } from './login-attempts.js';
import { currentRevocations, TokenRevoker } from './revocations.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity. */
@RpcEndpoint(identityContract)
export class IdentityEndpoint {
  constructor(
    private readonly store: Store,
    private readonly directory: IdentityDirectory,
    private readonly revoker: TokenRevoker,
    private readonly limits: CurrentLoginLimits,
  ) {}

  @RpcMethod('authenticate_password')
  async authenticatePassword(ctx: RequestContext, args: AuthenticatePasswordArgs): Result<'authenticate_password'> {
    const origin = { source: loginSource(ctx), limits: this.limits.now };
    return Authentication.wrap(await authenticatePassword(this.store, args, origin));
  }

  @RpcMethod('authenticate_token')
  async authenticateToken(_ctx: RequestContext, args: AuthenticateTokenArgs): Result<'authenticate_token'> {
    return Authentication.wrap(await authenticateToken(this.store, args));
  }

  @RpcMethod('token_revoke')
  async revokeToken(ctx: RequestContext, args: TokenRevokeArgs): Result<'token_revoke'> {
    await this.revoker.revoke(ctx, args);
    return null;
  }

  @RpcMethod('revocation_list')
  async listRevocations(): Result<'revocation_list'> {
    const objects = await currentRevocations(this.store.db);
    const { offset_ms, version } = await readClock(this.store.db);
    return RevocationPage.wrap({ objects, next_marker: null, clock_offset_ms: offset_ms, clock_version: version });
  }

  @RpcMethod('catalog_get')
  async getCatalog(): Result<'catalog_get'> {
    return Catalog.wrap(await currentCatalog(this.store.db));
  }

  @RpcMethod('user_projects')
  async listUserProjects(ctx: RequestContext, args: UserProjectsArgs): Result<'user_projects'> {
    const { user_id: userId, filters } = args;
    const asked = filters === undefined ? {} : { filters };
    return ProjectPage.wrap(await this.directory.userProjects(ctx, userId, asked));
  }

  @RpcMethod('project_relatives')
  async listRelatives(ctx: RequestContext, args: ProjectRelativesArgs): Result<'project_relatives'> {
    return ProjectPage.wrap(await this.directory.relatives(ctx, args));
  }

  @RpcMethod('own_domains')
  async listOwnDomains(ctx: RequestContext): Result<'own_domains'> {
    return DomainPage.wrap(await this.directory.ownDomains(ctx));
  }

  @RpcMethod('own_system')
  hasSystemRole(ctx: RequestContext): Result<'own_system'> {
    return this.directory.hasSystemRole(ctx);
  }

  @RpcMethod('role_assignment_list')
  async listAssignments(ctx: RequestContext, args: ListArgs): Result<'role_assignment_list'> {
    return RoleAssignmentPage.wrap(await this.directory.assignments(ctx, args));
  }
}
