import { createHmac, timingSafeEqual } from 'node:crypto';
import { ExpectedError } from '#libs/contracts';
import type { OAuth1Request } from '#libs/contracts';

const DIGESTS: Readonly<Record<string, string>> = {
  'HMAC-SHA1': 'sha1',
  'HMAC-SHA256': 'sha256',
  'HMAC-SHA512': 'sha512',
};
/** oauthlib's lifetime of a timestamp. */
const CLOCK_SECONDS = 600;

/** keystone's 401 for OAuth 1.0a, which says what is wrong. */
export function oauthRefused(text: string): ExpectedError {
  return new ExpectedError('Unauthorized', text);
}

/**
 * Verifies a request signed by RFC 5849 and returns its protocol parameters, if the signature matches the secrets and
 * the timestamp is current. Error Unauthorized.
 *
 * @param tokenSecret empty for a request without a token
 */
export function requireSignature(
  { url, query, parameters }: OAuth1Request,
  clientSecret: string,
  tokenSecret: string,
): void {
  const { oauth_signature: signature = '', oauth_signature_method: method = '', oauth_timestamp: time } = parameters;
  const base = `POST&${encoded(normalUrl(url))}&${encoded(normalParameters(query, parameters))}`;
  const expected = signed(method, `${encoded(clientSecret)}&${encoded(tokenSecret)}`, base);
  const given = Buffer.from(signature);
  const isFresh = isNow(time) && (parameters['oauth_nonce'] ?? '') !== '';
  if (!isFresh || given.length !== expected?.length || !timingSafeEqual(given, expected)) {
    throw oauthRefused('Invalid signature');
  }
}

/** The signature as text; RFC 5849's PLAINTEXT is the key itself. Undefined for an unknown method. */
function signed(method: string, key: string, base: string): Buffer | undefined {
  if (method === 'PLAINTEXT') return Buffer.from(key);
  const digest = Object.hasOwn(DIGESTS, method) ? DIGESTS[method] : undefined;
  return digest === undefined ? undefined : Buffer.from(createHmac(digest, key).update(base).digest('base64'));
}

function isNow(time: string | undefined): boolean {
  return time !== undefined && /^\d{1,12}$/.test(time) && Math.abs(Number(time) - Date.now() / 1000) <= CLOCK_SECONDS;
}

/** RFC 5849, 3.4.1.2: scheme and host in lower case, without the scheme's default port. */
function normalUrl(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** RFC 5849, 3.4.1.3.2: sorted by encoded name, then by value. */
function normalParameters(query: readonly string[], parameters: Readonly<Record<string, string>>): string {
  const own = Object.entries(parameters).flatMap(([name, value]) =>
    name === 'oauth_signature' || name === 'realm' ? [] : [`${encoded(name)}=${encoded(value)}`],
  );
  return [...query, ...own].map(pair).toSorted(byBytes).map(joined).join('&');
}

type Pair = readonly [name: string, value: string];

function pair(text: string): Pair {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function byBytes([a, v]: Pair, [b, w]: Pair): number {
  if (a !== b) return a < b ? -1 : 1;
  if (v === w) return 0;
  return v < w ? -1 : 1;
}

function joined([name, value]: Pair): string {
  return `${name}=${value}`;
}

/** RFC 3986: encodes everything except unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
