import { objectType, pageType } from '../objects/versioned-object.js';

export interface KeypairData {
  /** nova's id of the row. */
  readonly number: number;
  readonly name: string;
  readonly user_id: string;
  readonly type: 'ssh' | 'x509';
  readonly public_key: string;
  readonly fingerprint: string;
  readonly created_at: string;
  /** Only in the answer to a create that generated the pair; stored nowhere. */
  readonly private_key: string | null;
}

export const Keypair = objectType<KeypairData>('Keypair', '1.1', [
  { version: '1.1', contract: '1.1', adds: ['number'] },
]);
export const KeypairPage = pageType(Keypair);
