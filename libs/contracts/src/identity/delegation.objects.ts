import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** Keys of a user for EC2's and S3's way to sign requests. */
export interface Ec2CredentialData {
  readonly user_id: string;
  readonly project_id: string | null;
  readonly access: string;
  readonly secret: string;
  readonly trust_id: string | null;
}

export const Ec2Credential = objectType<Ec2CredentialData>('Ec2Credential', '1.0');
export const Ec2CredentialPage = objectType<Page<Ec2CredentialData>>('Ec2CredentialPage', '1.0');
