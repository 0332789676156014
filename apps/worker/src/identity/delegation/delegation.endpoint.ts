import {
  AccessRule,
  AccessRulePage,
  ApplicationCredential,
  ApplicationCredentialPage,
  Authentication,
  Ec2Credential,
  Ec2CredentialPage,
  Trust,
  TrustPage,
  identityContract,
} from '#libs/contracts';
import type {
  ApplicationCredentialCreateArgs,
  AuthenticateApplicationCredentialArgs,
  Ec2CredentialCreateArgs,
  IdArgs,
  IdentityContract,
  OwnedArgs,
  OwnedListArgs,
  TrustArgs,
  TrustCreateArgs,
  TrustListArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { Store } from '../../store/index.js';
import { requireMethods, databaseTime } from '../authenticate.js';
import { CurrentLoginLimits, loginSource } from '../login-attempts.js';
import { ApplicationCredentials } from './application-credentials.js';
import { authenticateCredential } from './authenticate-delegation.js';
import { Ec2Credentials } from './ec2-credentials.js';
import { Trusts } from './trusts.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: application credentials, access rules, EC2 keys and trusts. */
@RpcEndpoint(identityContract)
export class DelegationEndpoint {
  constructor(
    private readonly store: Store,
    private readonly limits: CurrentLoginLimits,
    private readonly credentials: ApplicationCredentials,
    private readonly trusts: Trusts,
    private readonly ec2: Ec2Credentials,
  ) {}

  @RpcMethod('authenticate_application_credential')
  async authenticate(
    ctx: RequestContext,
    args: AuthenticateApplicationCredentialArgs,
  ): Result<'authenticate_application_credential'> {
    const since = await databaseTime(this.store.db);
    const origin = { source: loginSource(ctx), limits: this.limits.now };
    const found = await authenticateCredential(this.store, args, origin);
    requireMethods(found.user, ['application_credential']);
    return Authentication.wrap({ ...found, authenticated_at: since });
  }

  @RpcMethod('application_credential_list')
  async list(ctx: RequestContext, args: OwnedListArgs): Result<'application_credential_list'> {
    return ApplicationCredentialPage.wrap({ objects: await this.credentials.list(ctx, args), next_marker: null });
  }

  @RpcMethod('application_credential_get')
  async get(ctx: RequestContext, args: OwnedArgs): Result<'application_credential_get'> {
    return ApplicationCredential.wrap(await this.credentials.get(ctx, args));
  }

  @RpcMethod('application_credential_create')
  async create(ctx: RequestContext, args: ApplicationCredentialCreateArgs): Result<'application_credential_create'> {
    return ApplicationCredential.wrap(await this.credentials.create(ctx, args));
  }

  @RpcMethod('application_credential_delete')
  async delete(ctx: RequestContext, args: OwnedArgs): Result<'application_credential_delete'> {
    await this.credentials.delete(ctx, args);
    return null;
  }

  @RpcMethod('access_rule_list')
  async listRules(ctx: RequestContext, args: OwnedListArgs): Result<'access_rule_list'> {
    return AccessRulePage.wrap({ objects: await this.credentials.rules(ctx, args), next_marker: null });
  }

  @RpcMethod('access_rule_get')
  async getRule(ctx: RequestContext, args: OwnedArgs): Result<'access_rule_get'> {
    return AccessRule.wrap(await this.credentials.rule(ctx, args));
  }

  @RpcMethod('access_rule_delete')
  async deleteRule(ctx: RequestContext, args: OwnedArgs): Result<'access_rule_delete'> {
    await this.credentials.deleteRule(ctx, args);
    return null;
  }

  @RpcMethod('trust_list')
  async listTrusts(ctx: RequestContext, args: TrustListArgs): Result<'trust_list'> {
    return TrustPage.wrap({ objects: await this.trusts.list(ctx, args), next_marker: null });
  }

  @RpcMethod('trust_get')
  async getTrust(ctx: RequestContext, args: TrustArgs): Result<'trust_get'> {
    return Trust.wrap(await this.trusts.get(ctx, args));
  }

  @RpcMethod('trust_create')
  async createTrust(ctx: RequestContext, args: TrustCreateArgs): Result<'trust_create'> {
    return Trust.wrap(await this.trusts.create(ctx, args));
  }

  @RpcMethod('trust_delete')
  async deleteTrust(ctx: RequestContext, args: IdArgs): Result<'trust_delete'> {
    await this.trusts.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('ec2_credential_list')
  async listEc2(ctx: RequestContext, args: OwnedListArgs): Result<'ec2_credential_list'> {
    return Ec2CredentialPage.wrap({ objects: await this.ec2.list(ctx, args), next_marker: null });
  }

  @RpcMethod('ec2_credential_get')
  async getEc2(ctx: RequestContext, args: OwnedArgs): Result<'ec2_credential_get'> {
    return Ec2Credential.wrap(await this.ec2.get(ctx, args));
  }

  @RpcMethod('ec2_credential_create')
  async createEc2(ctx: RequestContext, args: Ec2CredentialCreateArgs): Result<'ec2_credential_create'> {
    return Ec2Credential.wrap(await this.ec2.create(ctx, args));
  }

  @RpcMethod('ec2_credential_delete')
  async deleteEc2(ctx: RequestContext, args: OwnedArgs): Result<'ec2_credential_delete'> {
    await this.ec2.delete(ctx, args);
    return null;
  }
}
