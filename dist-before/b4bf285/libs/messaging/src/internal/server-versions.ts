import { createContext } from '#libs/telemetry';
import { isCompatible } from '../version.js';
import { presenceNamespace } from './built-in-endpoints.js';
import { deadlineHeader, exchangeHeader, writeDeadline } from './deadline.js';
import { encodeRequest } from './envelope.js';
import type { IncomingReply } from './envelope.js';
import { isRecord } from './json.js';
import { within } from './within.js';
import type { TransportCore } from './transport-core.js';

/** What is known of a topic: the lowest version alive, by namespace. */
type Versions = ReadonlyMap<string, string>;

interface Entry {
  versions: Versions | null;
  askedAt: number;
  asking: Promise<void> | null;
}

const freshMs = 10_000;
const answerMs = 1_000;

/**
 * Asks all servers of a topic for their versions (one fanout, each answers into our reply queue) and remembers the
 * lowest, as nova's cached minimum service version. Known answers are used while newer ones are fetched.
 */
export class ServerVersions {
  readonly #entries = new Map<string, Entry>();

  constructor(readonly core: TransportCore) {}

  /** The lowest version alive, as last heard; undefined when no server has ever told. */
  lowest(exchange: string, topic: string, namespace: string | null): string | undefined {
    const entry = this.#entry(exchange, topic);
    if (performance.now() - entry.askedAt > freshMs) void this.#ask(exchange, topic, entry);
    return entry.versions?.get(namespace ?? '');
  }

  isKnown(exchange: string, topic: string): boolean {
    return this.#entry(exchange, topic).versions !== null;
  }

  /** Resolves when all servers have told, or a second later; never rejects. */
  ask(exchange: string, topic: string): Promise<void> {
    return this.#ask(exchange, topic, this.#entry(exchange, topic));
  }

  /** Asks anew at the next use, as on SIGHUP. */
  forget(): void {
    for (const entry of this.#entries.values()) entry.askedAt = -Infinity;
  }

  #entry(exchange: string, topic: string): Entry {
    const key = `${exchange} ${topic}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { versions: null, askedAt: -Infinity, asking: null };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #ask(exchange: string, topic: string, entry: Entry): Promise<void> {
    entry.asking ??= this.#survey(exchange, topic)
      .then(({ found, complete }) => {
        if (found === null) return;
        const before = entry.versions;
        // A server that was too busy to answer may be the oldest one.
        entry.versions = complete || before === null ? found : lowestOf([before, found]);
        this.#tell(topic, before, entry.versions);
      })
      .catch((error: unknown) => {
        this.core.observer.info?.('the versions of the servers could not be asked', { topic, reason: String(error) });
      })
      .finally(() => {
        entry.askedAt = performance.now();
        entry.asking = null;
      });
    return entry.asking;
  }

  #tell(topic: string, before: Versions | null, after: Versions): void {
    for (const [namespace, version] of after) {
      if (before?.get(namespace) === version || namespace === presenceNamespace) continue;
      this.core.observer.info?.('the lowest version alive', { topic, namespace, version });
    }
  }

  async #survey(exchange: string, topic: string): Promise<{ found: Versions | null; complete: boolean }> {
    const { core } = this;
    const { driver, topology, calls, ids } = core;
    await driver.whenReady(answerMs);
    const replyQueue = await calls.replyQueue(answerMs);
    const found = await within(answerMs, driver.inspectQueue(topology.queueName(exchange, topic)));
    const servers = found?.consumers ?? 0;
    if (servers === 0) return { found: null, complete: false };
    const msgId = ids.next();
    const answers: Versions[] = [];
    let enough: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (enough = resolve));
    const timer = setTimeout(enough, answerMs);
    const stopCollecting = calls.collect(msgId, (reply) => {
      const versions = readAnswer(reply);
      if (versions !== null) answers.push(versions);
      if (answers.length >= servers) enough();
    });
    try {
      await driver.publish(this.#question(exchange, topic, msgId, replyQueue), answerMs);
      await all;
    } finally {
      clearTimeout(timer);
      stopCollecting();
    }
    return { found: answers.length === 0 ? null : lowestOf(answers), complete: answers.length >= servers };
  }

  #question(exchange: string, topic: string, msgId: string, replyQueue: string) {
    const body = encodeRequest({
      method: 'versions',
      args: null,
      namespace: presenceNamespace,
      version: '1.0',
      uniqueId: msgId,
      context: createContext(),
      call: { msgId, replyQueue, monitorSeconds: null },
    });
    return {
      exchange: this.core.topology.fanoutExchange(topic),
      exchangeType: 'fanout' as const,
      routingKey: '',
      body,
      headers: { [exchangeHeader]: exchange, [deadlineHeader]: writeDeadline(answerMs) },
      messageId: msgId,
      expirationMs: answerMs,
      mandatory: false,
      persistent: false,
    };
  }
}

/** Reads `[{ namespace, version }]`; null for servers that do not know the question, as Python's. */
function readAnswer(reply: IncomingReply): Versions | null {
  if (!reply.ending || !Array.isArray(reply.result)) return null;
  const versions = new Map<string, string>();
  for (const each of reply.result) {
    if (!isRecord(each) || typeof each['version'] !== 'string') continue;
    const namespace = typeof each['namespace'] === 'string' ? each['namespace'] : '';
    versions.set(namespace, each['version']);
  }
  return versions;
}

/** By namespace, the lowest of all; one of another major counts as it is compared: 1.9 is below 2.0. */
function lowestOf(answers: readonly Versions[]): Versions {
  const lowest = new Map<string, string>();
  for (const versions of answers) {
    for (const [namespace, version] of versions) {
      const known = lowest.get(namespace);
      if (known === undefined || isLower(version, known)) lowest.set(namespace, version);
    }
  }
  return lowest;
}

function isLower(version: string, other: string): boolean {
  const major = Number.parseInt(version, 10) - Number.parseInt(other, 10);
  return major === 0 ? isCompatible(other, version) : major < 0;
}
