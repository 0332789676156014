import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isRecord } from '#libs/contracts';

type Texts = Readonly<Record<string, string>>;

/** A request to EC2's API, in the form of keystoneclient's `Ec2Signer`. */
interface SignedRequest {
  readonly params: Texts;
  readonly headers: Texts;
  readonly verb: string;
  readonly host: string;
  readonly path: string;
  readonly bodyHash: string;
}

/** Whether a request to EC2's API was signed with the secret: versions 0, 1, 2 and 4, also without the host's port. */
export function isEc2Signature(secret: string, credentials: Readonly<Record<string, unknown>>): boolean {
  const signature = textOf(credentials['signature']);
  const request = {
    params: textsOf(credentials['params']),
    headers: textsOf(credentials['headers']),
    verb: textOf(credentials['verb']),
    host: textOf(credentials['host']),
    path: textOf(credentials['path']),
    bodyHash: textOf(credentials['body_hash']),
  };
  if (isSame(signature, ec2Signature(secret, request))) return true;
  // Some clients sign only the host name.
  if (!request.host.includes(':')) return false;
  return isSame(signature, ec2Signature(secret, { ...request, host: request.host.replace(/:\d*$/, '') }));
}

/** Whether the signed text of an S3 request has this signature; `AWS4` begins the newer form. */
export function isS3Signature(secret: string, credentials: Readonly<Record<string, unknown>>): boolean {
  const text = Buffer.from(textOf(credentials['token']), 'base64url').toString('latin1');
  const signature = textOf(credentials['signature']);
  if (!text.startsWith('AWS4')) return isSame(signature, hmac('sha1', secret, text).toString('base64'));
  const [algorithm, , scope = '', ...rest] = text.split('\n');
  const parts = scope.split('/');
  const [date = '', region = '', service = '', end] = parts;
  if (algorithm !== 'AWS4-HMAC-SHA256' || rest.length !== 1 || parts.length !== 4 || end !== 'aws4_request')
    return false;
  if (!['s3', 'iam', 'sts'].includes(service)) return false;
  return isSame(signature, hmac('sha256', signingKey(secret, date, region, service), text).toString('hex'));
}

function ec2Signature(secret: string, request: SignedRequest): string | undefined {
  const { params, headers, verb, host, path } = request;
  const { SignatureVersion: version } = params;
  if (version === '0') {
    return hmac('sha1', secret, `${params['Action'] ?? ''}${params['Timestamp'] ?? ''}`).toString('base64');
  }
  if (version === '1') {
    const names = Object.keys(params).toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return hmac('sha1', secret, names.map((name) => `${name}${params[name]}`).join('')).toString('base64');
  }
  if (version === '2') {
    const signed = { ...params, SignatureMethod: 'HmacSHA256' };
    return hmac('sha256', secret, `${verb}\n${host}\n${path}\n${canonicalQuery(signed)}`).toString('base64');
  }
  const isFourth =
    (headers['Authorization'] ?? '').startsWith('AWS4-HMAC-SHA256') || params['X-Amz-Algorithm'] === 'AWS4-HMAC-SHA256';
  return isFourth ? fourthSignature(secret, request) : undefined;
}

function fourthSignature(secret: string, { params, headers, verb, path, bodyHash }: SignedRequest): string | undefined {
  const authorization = headers['Authorization'];
  const part = (name: string): string => {
    if (authorization === undefined) return params[`X-Amz-${name}`] ?? '';
    return authorization.split(`${name}=`)[1]?.split(',')[0] ?? '';
  };
  const date = headers['X-Amz-Date'] ?? params['X-Amz-Date'] ?? '';
  const [, day = '', region = '', service = '', ...rest] = part('Credential').split('/');
  if (day === '' || !date.startsWith(day)) return undefined;
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.trim().toLowerCase(), value.trim()]));
  const signed = part('SignedHeaders');
  const lines = signed.split(';').flatMap((name) => (lower.has(name) ? [`${name}:${lower.get(name)}`] : []));
  const query = verb.toUpperCase() === 'POST' ? '' : canonicalQuery(params);
  const canonical = [verb.toUpperCase(), path, query, `${lines.join('\n')}\n`, signed, bodyHash].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const scope = [day, region, service, ...rest].join('/');
  const text = ['AWS4-HMAC-SHA256', date, scope, digest].join('\n');
  return hmac('sha256', signingKey(secret, day, region, service), text).toString('hex');
}

function signingKey(secret: string, ...parts: readonly string[]): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [...parts, 'aws4_request']) key = hmac('sha256', key, part);
  return key;
}

/** Sorted by name, each encoded; in values, `-`, `_`, `~` and `.` are not encoded. */
function canonicalQuery(params: Texts): string {
  const names = Object.keys(params).toSorted();
  return names.map((name) => `${encoded(name)}=${encoded(params[name] ?? '')}`).join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(digest: string, key: string | Buffer, text: string): Buffer {
  return createHmac(digest, key).update(text, 'utf8').digest();
}

function isSame(given: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): Texts {
  if (!isRecord(value)) return {};
  // Not String, which throws for an object with a member called toString.
  const texts = Object.entries(value).map(([name, text]) => [name, textOf(text) || JSON.stringify(text)] as const);
  return Object.fromEntries(texts);
}
