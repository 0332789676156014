import { createHash, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { businessClock } from '#libs/simulation';
import { FernetTokens } from './fernet/fernet-tokens.js';
import type { TokenClaims } from './token-claims.js';
import { packClaims, unpackClaims } from './token-payload.js';

const ALGORITHM = 'HS256';
const TYPE = 'albireo';
/** Ensures that a receipt is never accepted as a token, nor a token as a receipt. */
const RECEIPT_TYPE = 'albireo-receipt';
/** HS256 requires a key of at least the digest's size. */
const MIN_KEY_BYTES = 32;

/** Times are seconds since 1970. */
export interface AuthReceipt {
  readonly userId: string;
  readonly methods: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

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

/**
 * Signs and verifies tokens: compact JWTs (RFC 7519), HS256, `kid` naming the key. The first key signs, all verify, so
 * that keys can be rotated: add the new one last everywhere, then move it to the front, then drop the old one.
 */
export class TokenCodec {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #first: SigningKey;
  readonly #fernet: FernetTokens | undefined;

  /**
   * @param secrets `[identity] signing_keys`; throws when there is none or one is too short.
   * @param fernet makes tokens in keystone's form instead of signed ones, which are still accepted
   */
  constructor(secrets: readonly string[], fernet?: FernetTokens) {
    this.#fernet = fernet;
    const keys = secrets.map(signingKey);
    const [first] = keys;
    if (first === undefined) {
      throw new Error('[identity] signing_keys: expected at least one key, found none; tokens cannot be checked');
    }
    this.#first = first;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  async sign(claims: TokenClaims): Promise<string> {
    if (this.#fernet !== undefined) return this.#fernet.sign(claims);
    return new SignJWT(packClaims(claims))
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#first.id, typ: TYPE })
      .sign(this.#first.key);
  }

  /**
   * The claims of a token with a valid signature that has not expired; undefined for every other text. Throws Fault
   * when a Fernet token cannot be looked up.
   */
  async verify(token: string): Promise<TokenClaims | undefined> {
    if (this.#fernet !== undefined && FernetTokens.recognizes(token)) return this.#fernet.verify(token);
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header.kid), {
        algorithms: [ALGORITHM],
        currentDate: businessClock.date(),
        typ: TYPE,
      });
      return unpackClaims(payload);
    } catch {
      // The reason for an invalid token must not be revealed; the caller answers 401.
      return undefined;
    }
  }

  /** Certifies the methods by which a user has authenticated, for a log-in that requires more of them. */
  async signReceipt({ userId, methods, issuedAt, expiresAt }: AuthReceipt): Promise<string> {
    return new SignJWT({ u: userId, m: [...methods], iat: issuedAt, exp: expiresAt })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#first.id, typ: RECEIPT_TYPE })
      .sign(this.#first.key);
  }

  /** Undefined for every text but a valid receipt of these keys. */
  async verifyReceipt(receipt: string): Promise<Pick<AuthReceipt, 'userId' | 'methods'> | undefined> {
    try {
      const { payload } = await jwtVerify(receipt, (header) => this.#keyOf(header.kid), {
        algorithms: [ALGORITHM],
        currentDate: businessClock.date(),
        typ: RECEIPT_TYPE,
      });
      const { u: userId, m: methods } = payload;
      if (typeof userId !== 'string' || !Array.isArray(methods)) return undefined;
      return { userId, methods: methods.filter((method) => typeof method === 'string') };
    } catch {
      return undefined;
    }
  }

  #keyOf(id: string | undefined): KeyObject {
    const key = id === undefined ? undefined : this.#keys.get(id);
    if (key === undefined) throw new Error('unknown key');
    return key;
  }
}
