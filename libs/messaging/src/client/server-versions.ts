import { isCompatible } from '../contract/version.js';
import { presenceNamespace } from '../server/built-in-endpoints.js';
import type { CallingBus } from '../transport/bus.js';
import { isRecord } from '../wire/json.js';
import { askServers } from './server-survey.js';

/** The known versions of a topic: the lowest running version, by namespace. */
type Versions = ReadonlyMap<string, string>;

interface Entry {
  versions: Versions | null;
  askedAt: number;
  asking: Promise<void> | null;
}

const freshMs = 10_000;

/**
 * Asks all servers of a topic for their versions (one fanout, each answers into this process's reply queue) and
 * remembers the lowest, as nova's cached minimum service version. Known answers are used while newer ones are fetched.
 */
export class ServerVersions {
  readonly #entries = new Map<string, Entry>();

  constructor(readonly core: CallingBus) {}

  /** The lowest running version, as last reported; undefined when no server has ever reported one. */
  lowest(exchange: string, topic: string, namespace: string | null): string | undefined {
    const entry = this.#entry(exchange, topic);
    if (performance.now() - entry.askedAt > freshMs) void this.#ask(exchange, topic, entry);
    return entry.versions?.get(namespace ?? '');
  }

  /**
   * A server has answered, or all were asked recently and none did: there was no server, or only servers of other
   * products.
   */
  isKnown(exchange: string, topic: string): boolean {
    const { versions, askedAt } = this.#entry(exchange, topic);
    return versions !== null || performance.now() - askedAt < freshMs;
  }

  /** Resolves when all servers have answered, or after one second; never rejects. */
  ask(exchange: string, topic: string): Promise<void> {
    return this.#ask(exchange, topic, this.#entry(exchange, topic));
  }

  /** Asks again at the next use, as on SIGHUP. */
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
    const question = { exchange, topic, method: 'versions', version: '1.0', args: () => null };
    const { answers, complete } = await askServers(this.core, question, readAnswer);
    return { found: answers.length === 0 ? null : lowestOf(answers), complete };
  }
}

/** Reads `[{ namespace, version }]`. */
function readAnswer(result: unknown): Versions | undefined {
  if (!Array.isArray(result)) return undefined;
  const versions = new Map<string, string>();
  for (const each of result) {
    if (!isRecord(each) || typeof each['version'] !== 'string') continue;
    const namespace = typeof each['namespace'] === 'string' ? each['namespace'] : '';
    versions.set(namespace, each['version']);
  }
  return versions;
}

/** The lowest of all, by namespace; versions of different majors are compared as they are: 1.9 is below 2.0. */
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
