import { Ec2Credential, Ec2CredentialPage, identityContract } from '#libs/contracts';
import type { Ec2CredentialCreateArgs, IdentityContract, OwnedArgs, OwnedListArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { Ec2Credentials } from './ec2-credentials.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: EC2 keys. */
@RpcEndpoint(identityContract)
export class DelegationEndpoint {
  constructor(private readonly ec2: Ec2Credentials) {}

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
