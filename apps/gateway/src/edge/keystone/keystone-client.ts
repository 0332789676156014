import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getLogger } from '#libs/telemetry';
import { epochSeconds } from '../tokens/token-subjects.js';
import type { TokenClaims, TokenDomain, TokenRole } from '../tokens/token-claims.js';
import type { KeystoneSettings } from './keystone-settings.js';
import { Fault } from '../errors/fault.js';

/** Reads the body with which Keystone describes a token; undefined for an invalid body. */
export function claimsOfBody(body: unknown): TokenClaims | undefined {
  const token = member(body, 'token');
  const user = owned(member(token, 'user'));
  const expires = member(token, 'expires_at');
  const issued = member(token, 'issued_at');
  if (user === undefined || typeof expires !== 'string' || typeof issued !== 'string') return undefined;
  const expiresAt = epochSeconds(expires);
  if (Number.isNaN(expiresAt)) return undefined;
  return {
    user,
    project: owned(member(token, 'project')) ?? null,
    domain: named(member(token, 'domain')) ?? null,
    system: member(member(token, 'system'), 'all') === true ? 'all' : null,
    roles: list(member(token, 'roles')).flatMap((role) => named(role) ?? []),
    methods: texts(member(token, 'methods')),
    auditIds: texts(member(token, 'audit_ids')),
    isAdminProject: member(token, 'is_admin_project') !== false,
    issuedAt: epochSeconds(issued),
    expiresAt,
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return found;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((one) => typeof one === 'string');
}

function named(value: unknown): (TokenRole & TokenDomain) | undefined {
  const [id, name] = [member(value, 'id'), member(value, 'name')];
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
}

function owned(value: unknown): TokenClaims['user'] | undefined {
  const [self, domain] = [named(value), named(member(value, 'domain'))];
  return self === undefined || domain === undefined ? undefined : { ...self, domain };
}

interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  readonly body: unknown;
}

interface JsonRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Larger than any response with a token and its catalog. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Sends JSON to Keystone over persistent connections; rejects when there is no complete response within the time. */
class JsonSender {
  readonly #settings: KeystoneSettings;
  readonly #agent: HttpAgent;

  constructor(settings: KeystoneSettings) {
    this.#settings = settings;
    const pool = { keepAlive: true, maxSockets: 32 };
    this.#agent = settings.url.startsWith('https:')
      ? new HttpsAgent({ ...pool, ...settings.tls, minVersion: 'TLSv1.2' })
      : new HttpAgent(pool);
  }

  close(): void {
    this.#agent.destroy();
  }

  send(asked: JsonRequest, timeoutMs: number): Promise<JsonAnswer> {
    const url = new URL(`${this.#settings.url}${asked.path}`);
    const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      accept: 'application/json',
      ...asked.headers,
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = start(url, { method: asked.method, agent: this.#agent, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          const body = parsed(Buffer.concat(chunks).toString('utf8'));
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.once('error', reject);
      request.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

const log = getLogger('albireo.gateway.keystone');
const RETRY_DELAY_MS = 200;
/** This service's own token is renewed this long before it expires. */
const RENEWAL_SECONDS = 30;

interface OwnToken {
  readonly token: string;
  readonly goodUntil: number;
}

/** Validates tokens with Keystone, as keystonemiddleware does: with a token of this service. */
export class KeystoneClient {
  readonly #settings: KeystoneSettings;
  readonly #sender: JsonSender;
  readonly #patienceMs: () => number;
  #own: Promise<OwnToken> | undefined;

  /** @param patienceMs for one check with all its attempts: the remaining time of the request that waits for it */
  constructor(settings: KeystoneSettings, patienceMs: () => number = () => Number.POSITIVE_INFINITY) {
    this.#settings = settings;
    this.#patienceMs = patienceMs;
    this.#sender = new JsonSender(settings);
  }

  close(): void {
    this.#sender.close();
  }

  /**
   * The claims of a token; undefined when Keystone rejects it. Throws a 503 Fault when Keystone cannot answer.
   * @param allowExpired accepts a token that has expired but was not revoked
   */
  async validate(token: string, allowExpired: boolean): Promise<TokenClaims | undefined> {
    const deadlineMs = performance.now() + this.#patienceMs();
    const path = `/auth/tokens?nocatalog${allowExpired ? '&allow_expired=1' : ''}`;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const own = await this.#ownToken(deadlineMs);
      const headers = { 'x-auth-token': own, 'x-subject-token': token };
      const answer = await this.#send({ method: 'GET', path, headers }, deadlineMs);
      if (answer.status === 200) return claimsOfBody(answer.body);
      if (answer.status === 404) return undefined;
      // This service's own token is no longer valid: one more attempt with a new one.
      this.#own = undefined;
      if (answer.status !== 401) throw unavailable(`it answered ${answer.status} to the check of a token`);
    }
    throw unavailable('it takes no token of this service');
  }

  async #ownToken(deadlineMs: number): Promise<string> {
    const running = this.#own;
    if (running !== undefined) {
      const { token, goodUntil } = await running;
      if (goodUntil > Date.now() / 1000) return token;
    }
    // The first caller logs in; the others wait for the same result.
    if (this.#own === running) {
      const logIn = this.#logIn(deadlineMs);
      this.#own = logIn;
      logIn.catch(() => {
        if (this.#own === logIn) this.#own = undefined;
      });
    }
    return this.#own === undefined ? this.#ownToken(deadlineMs) : (await this.#own).token;
  }

  async #logIn(deadlineMs: number): Promise<OwnToken> {
    const body = { auth: this.#settings.auth };
    const answer = await this.#send({ method: 'POST', path: '/auth/tokens?nocatalog', body }, deadlineMs);
    const token = answer.headers['x-subject-token'];
    const claims = claimsOfBody(answer.body);
    if (answer.status !== 201 || typeof token !== 'string' || claims === undefined) {
      throw unavailable(`it answered ${answer.status} to the log in of this service, see [keystone_authtoken]`);
    }
    return { token, goodUntil: claims.expiresAt - RENEWAL_SECONDS };
  }

  async #send(request: JsonRequest, deadlineMs: number): Promise<JsonAnswer> {
    const { retries, timeoutMs } = this.#settings;
    for (let attempt = 0; ; attempt += 1) {
      const delayMs = RETRY_DELAY_MS * 2 ** attempt;
      const leftMs = deadlineMs - performance.now();
      const isLast = attempt >= retries || leftMs <= timeoutMs + delayMs;
      try {
        const answer = await this.#sender.send(request, Math.max(1, Math.ceil(Math.min(timeoutMs, leftMs))));
        if (answer.status < 500 || isLast) return answer;
      } catch (error) {
        if (isLast) throw unavailable(String(error), error);
      }
      await sleep(delayMs);
    }
  }
}

/** keystonemiddleware's response: when Keystone is down, a token is not therefore invalid. */
function unavailable(reason: string, cause?: unknown): Fault {
  log.warning(`Keystone cannot be asked about tokens: ${reason}`);
  return new Fault(503, 'The Keystone service is temporarily unavailable.', {
    code: 'KeystoneUnavailable',
    headers: { 'retry-after': '2' },
    cause,
  });
}
