import { objectType, pageType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';
import type { RoleData } from './resources/directory.js';

export interface TrustData {
  readonly id: string;
  readonly trustor_user_id: string;
  readonly trustee_user_id: string;
  readonly project_id: string | null;
  readonly impersonation: boolean;
  readonly roles: readonly RoleData[];
  readonly expires_at: string | null;
  readonly remaining_uses: number | null;
  readonly redelegation_count: number;
  readonly redelegated_trust_id: string | null;
}

/** Keys of a user for EC2's and S3's way to sign requests. */
export interface Ec2CredentialData {
  readonly user_id: string;
  readonly project_id: string | null;
  readonly access: string;
  readonly secret: string;
  readonly trust_id: string | null;
}

export const Trust = objectType<TrustData>('Trust', '1.0');
export const TrustPage = pageType(Trust);
export const Ec2Credential = objectType<Ec2CredentialData>('Ec2Credential', '1.0');
export const Ec2CredentialPage = objectType<Page<Ec2CredentialData>>('Ec2CredentialPage', '1.0');
