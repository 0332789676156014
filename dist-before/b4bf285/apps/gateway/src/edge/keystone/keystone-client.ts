import { setTimeout as sleep } from 'node:timers/promises';
import { getLogger } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import type { TokenClaims } from '../tokens/token-claims.js';
import { JsonSender } from './json-request.js';
import type { JsonAnswer, JsonRequest } from './json-request.js';
import type { KeystoneSettings } from './keystone-settings.js';
import { claimsOfBody } from './token-body.js';

const log = getLogger('albireo.gateway.keystone');
const RETRY_DELAY_MS = 200;
/** The own token is renewed so long before it ends. */
const RENEWAL_SECONDS = 30;

interface OwnToken {
  readonly token: string;
  readonly goodUntil: number;
}

/** Asks a Keystone about tokens, as keystonemiddleware does: with a token of its own. */
export class KeystoneClient {
  readonly #settings: KeystoneSettings;
  readonly #sender: JsonSender;
  readonly #patienceMs: () => number;
  #own: Promise<OwnToken> | undefined;

  /** @param patienceMs for one check with all its attempts: the time that the request has which waits for it */
  constructor(settings: KeystoneSettings, patienceMs: () => number = () => Number.POSITIVE_INFINITY) {
    this.#settings = settings;
    this.#patienceMs = patienceMs;
    this.#sender = new JsonSender(settings);
  }

  close(): void {
    this.#sender.close();
  }

  /**
   * What a token says; undefined when Keystone does not take it. Throws a 503 Fault when Keystone cannot tell.
   * @param allowExpired takes a token that has expired but was not revoked
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
      // The own token is not good any more: one more attempt with a new one.
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
    // Whoever comes first logs in; the others wait for the same answer.
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

/** keystonemiddleware's answer: that Keystone is away is no reason to call a token bad. */
function unavailable(reason: string, cause?: unknown): Fault {
  log.warning(`Keystone cannot be asked about tokens: ${reason}`);
  return new Fault(503, 'The Keystone service is temporarily unavailable.', {
    code: 'KeystoneUnavailable',
    headers: { 'retry-after': '2' },
    cause,
  });
}
