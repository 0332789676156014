import { call, type } from '#libs/messaging';
import { IdArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { Ec2CredentialCreateArgs, TrustArgs, TrustCreateArgs, TrustListArgs } from './delegation.args.js';
import type { Ec2CredentialData, TrustData } from './delegation.objects.js';
import { OwnedArgs, OwnedListArgs } from './directory.methods.js';

/**
 * What a user gives others, or its own programs, of what it may do. Errors: PolicyNotAuthorized, the NotFound of each,
 * InvalidInput, Conflict.
 */
export const delegationMethods = {
  trust_list: call({
    access: ['identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee'],
    args: TrustListArgs,
    result: type<VersionedObject<Page<TrustData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  trust_get: call({
    access: ['identity:get_trust', 'identity:list_roles_for_trust', 'identity:get_role_for_trust'],
    args: TrustArgs,
    result: type<VersionedObject<TrustData>>(),
    idempotent: true,
    since: '1.1',
  }),
  trust_create: call({
    access: ['identity:create_trust'],
    args: TrustCreateArgs,
    result: type<VersionedObject<TrustData>>(),
    since: '1.1',
  }),
  trust_delete: call({ access: ['identity:delete_trust'], args: IdArgs, result: type<null>(), since: '1.1' }),
  ec2_credential_list: call({
    access: ['identity:ec2_list_credentials'],
    args: OwnedListArgs,
    result: type<VersionedObject<Page<Ec2CredentialData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  /** The id is the access key. */
  ec2_credential_get: call({
    access: ['identity:ec2_get_credential'],
    args: OwnedArgs,
    result: type<VersionedObject<Ec2CredentialData>>(),
    idempotent: true,
    since: '1.1',
  }),
  ec2_credential_create: call({
    access: ['identity:ec2_create_credential'],
    args: Ec2CredentialCreateArgs,
    result: type<VersionedObject<Ec2CredentialData>>(),
    since: '1.1',
  }),
  ec2_credential_delete: call({
    access: ['identity:ec2_delete_credential'],
    args: OwnedArgs,
    result: type<null>(),
    since: '1.1',
  }),
} as const;
