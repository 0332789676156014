import { orNull } from '../../resource/field-type.js';
import { Field } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { Resource } from '../../resource/resource.js';
import { OpenAttributes } from './identity-attributes.js';
import { jsonReference, jsonText } from '../../resource/json-types.js';

/** A secret of a user's for another way to prove who it is: EC2 keys, TOTP. */
@Resource({
  api: 'identity',
  singular: 'credential',
  plural: 'credentials',
  notFound: { code: 'CredentialNotFound', text: 'Could not find credential: %s.' },
  since: '1.1',
})
export class Credential extends OpenAttributes {
  /** Made here for every type but `ec2`, whose id is the SHA-256 of the access key. */
  @Field(jsonText({ most: 64 }), { put: false }) override readonly id!: string;
  @Field(jsonReference, { required: true, filter: true }) readonly user_id!: string;
  @Field(jsonReference, { required: true, filter: true }) readonly type!: string;
  /** Encrypted where it is stored; JSON of `access` and `secret` for `ec2`. */
  @Field(jsonText({ most: 65_535, secret: true }), { required: true, computed: true }) readonly blob!: string;
  @Field(orNull(jsonReference), { default: null }) readonly project_id!: string | null;
}
export type CredentialData = DataOf<Credential>;

/** keystone's policy blob: stored for other services, and enforced by none. */
@Resource({
  api: 'identity',
  singular: 'policy',
  plural: 'policies',
  notFound: { code: 'PolicyNotFound', text: 'Could not find policy: %s.' },
  since: '1.1',
})
export class PolicyBlob extends OpenAttributes {
  @Field(jsonText({ most: 65_535 }), { required: true }) readonly blob!: string;
  @Field(jsonText({ most: 255 }), { required: true, filter: true }) readonly type!: string;
}
export type PolicyBlobData = DataOf<PolicyBlob>;

export const credentialErrors = {
  CredentialNotFound: { status: 404, retryable: false },
  PolicyNotFound: { status: 404, retryable: false },
} as const;
