import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

export interface KeypairData {
  readonly name: string;
  readonly user_id: string;
  readonly type: 'ssh' | 'x509';
  readonly public_key: string;
  readonly fingerprint: string;
  readonly created_at: string;
  /** Only in the answer to a create that generated the pair; stored nowhere. */
  readonly private_key: string | null;
}

export const Keypair = objectType<KeypairData>('Keypair', '1.0');
export const KeypairPage = objectType<Page<KeypairData>>('KeypairPage', '1.0');
