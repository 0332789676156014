import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import type { TokenClaims } from './token-claims.js';
import { packClaims, unpackClaims } from './token-payload.js';

const ALGORITHM = 'HS256';
const TYPE = 'albireo';
/** HS256 wants a key of at least the digest's size. */
const MIN_KEY_BYTES = 32;

interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

function signingKey(secret: string): SigningKey {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < MIN_KEY_BYTES) {
    throw new Error(
      `[identity] signing_keys: expected keys of at least ${MIN_KEY_BYTES} characters, found one of ${bytes.length}`,
    );
  }
  const id = createHash('sha256').update('albireo key id\n').update(bytes).digest('base64url').slice(0, 8);
  return { id, key: createSecretKey(bytes) };
}

/** A fresh audit id in keystone's form: 16 random bytes, base64url without padding. */
export function newAuditId(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Signs and verifies tokens: compact JWTs (RFC 7519), HS256, `kid` naming the key. The first key signs, all verify, so
 * that keys can be rotated: add the new one last everywhere, then move it to the front, then drop the old one.
 */
export class TokenCodec {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #first: SigningKey;

  /** @param secrets `[identity] signing_keys`; throws when there is none or one is too short. */
  constructor(secrets: readonly string[]) {
    const keys = secrets.map(signingKey);
    const [first] = keys;
    if (first === undefined) {
      throw new Error('[identity] signing_keys: expected at least one key, found none; tokens cannot be checked');
    }
    this.#first = first;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  async sign(claims: TokenClaims): Promise<string> {
    return new SignJWT(packClaims(claims))
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#first.id, typ: TYPE })
      .sign(this.#first.key);
  }

  /** The claims of a token with a good signature that has not expired; undefined for every other text. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header.kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
      });
      return unpackClaims(payload);
    } catch {
      // Why a token is bad is nobody's business outside; the caller answers 401.
      return undefined;
    }
  }

  #keyOf(id: string | undefined): KeyObject {
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (key === undefined) throw new Error('unknown key');
    return key;
  }
}
