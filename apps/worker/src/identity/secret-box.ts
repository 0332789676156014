import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/**
 * Encrypts secrets at rest: AES-256-GCM with the first key, `v1.<key id>.<nonce, text and tag in base64url>`. All keys
 * decrypt, so that keys can be rotated.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #first: string;

  /**
   * @param secrets texts from which keys are derived, the newest first; without any, texts are not secret (keystone's
   * null key)
   */
  constructor(secrets: readonly string[]) {
    const keys = (secrets.length === 0 ? [''] : secrets).map(derived);
    this.#keys = new Map(keys);
    this.#first = keys[0]?.[0] ?? '';
  }

  seal(text: string): string {
    const key = this.#keys.get(this.#first);
    if (key === undefined) throw new TypeError('there is no key');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.#first, sealed.toString('base64url')].join('.');
  }

  /** Throws for a text that none of the keys has encrypted. */
  open(sealed: string): string {
    const [version, id = '', body = ''] = sealed.split('.');
    const key = this.#keys.get(id);
    if (version !== VERSION || key === undefined) throw new Error('a stored secret is of a key that is not configured');
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

function derived(secret: string): readonly [id: string, key: Buffer] {
  const key = createHash('sha256').update('albireo secrets at rest\n').update(secret).digest();
  const id = createHash('sha256').update('albireo key id\n').update(key).digest('base64url').slice(0, 8);
  return [id, key];
}
