import { call, type } from '#libs/messaging';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { Ec2CredentialCreateArgs } from './delegation.args.js';
import type { Ec2CredentialData } from './delegation.objects.js';
import { OwnedArgs, OwnedListArgs } from './directory.methods.js';

/**
 * What a user gives others, or its own programs, of what it may do. Errors: PolicyNotAuthorized, the NotFound of each,
 * InvalidInput, Conflict.
 */
export const delegationMethods = {
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
