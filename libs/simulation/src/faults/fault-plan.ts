import type { Border, DriverTarget, FaultRule, HttpTarget, RpcTarget } from './fault-rules.js';
import { borderOf } from './fault-rules.js';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';

/**
 * Numbers from 0 up to 1 that are the same for the same seed: mulberry32, initialized with a hash of the seed's text.
 */
class SeededRandom {
  #state: number;

  constructor(seed: string) {
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** `*` matches anything without a slash, `**` anything, `{a,b}` one of these; other characters match themselves. */
export function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*|\{[^{}]*\})/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('{') && part.endsWith('}')) return `(?:${part.slice(1, -1).split(',').map(literal).join('|')})`;
    return literal(part);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

function literal(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\*]/g, String.raw`\$&`);
}

/** The facts at a border that the globs of a rule are matched against. Several texts: any of them may match. */
export type FaultFacts = Readonly<Record<string, string | readonly string[] | undefined>>;

interface FaultState {
  readonly id: string;
  readonly rule: FaultRule;
  /** How often the rule matched, and how often it took effect. */
  readonly matches: number;
  readonly hits: number;
  readonly isOver: boolean;
}

export interface FaultHit {
  /** From 1, in the order of the hits. */
  readonly number: number;
  readonly at: string;
  readonly id: string;
  readonly border: Border;
  readonly facts: FaultFacts;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  readonly border: Border;
  readonly patterns: readonly (readonly [string, RegExp])[];
  readonly random: SeededRandom;
  readonly untilMs: number;
  matches: number;
  hits: number;
}

const MAX_LOG = 1_000;

/** A rule that takes effect now. */
export interface Fault {
  readonly id: string;
  readonly rule: FaultRule;
}

/**
 * The active rules and their effects. Each rule has its own random sequence, initialized with the seed and its id: in
 * every run the same requests in the same order get the same faults.
 */
export class FaultPlan {
  #enabled = false;
  #seed = 1;
  #number = 0;
  #hits = 0;
  #paused = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #answered = new AsyncLocalStorage<string | undefined>();
  /** Rules that were met behind the API, by the id of its request. */
  readonly #met = new Map<string, string>();
  readonly #log: FaultHit[] = [];

  /** Without it no rule is accepted or checked. */
  enable(seed: number): void {
    this.#enabled = true;
    this.#seed = seed;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Whether a border has rules to check. */
  has(border: Border): boolean {
    if (this.#entries.size === 0 || this.#paused > 0) return false;
    for (const entry of this.#entries.values()) if (entry.border === border) return true;
    return false;
  }

  /** No rule takes effect while `work` runs, for example while a seed is made. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#paused += 1;
    try {
      return await work();
    } finally {
      this.#paused -= 1;
    }
  }

  /** Adds rules; a rule with an existing id replaces the old one. Returns their ids. */
  add(rules: readonly FaultRule[]): string[] {
    return rules.map((rule) => {
      this.#number += 1;
      const id = rule.id ?? `fault-${this.#number}`;
      const target: HttpTarget | RpcTarget | DriverTarget = rule.http ?? rule.rpc ?? rule.driver ?? {};
      this.#entries.set(id, {
        id,
        rule,
        border: borderOf(rule),
        patterns: Object.entries(target).map(([name, glob]) => [name, globPattern(String(glob))] as const),
        random: new SeededRandom(`${this.#seed} ${id}`),
        untilMs: rule.for === undefined ? Infinity : performance.now() + rule.for * 1000,
        matches: 0,
        hits: 0,
      });
      return id;
    });
  }

  /** False when there is no rule with that id. */
  remove(id: string): boolean {
    return this.#entries.delete(id);
  }

  /** Removes all rules and the log, and restarts numbers and ids. */
  clear(): void {
    this.#entries.clear();
    this.#log.length = 0;
    this.#number = 0;
    this.#hits = 0;
  }

  list(): FaultState[] {
    return [...this.#entries.values()].map((entry) => {
      const { id, rule, matches, hits } = entry;
      return { id, rule, matches, hits, isOver: isOver(entry) };
    });
  }

  /** The latest hits, at most 1000. */
  get log(): readonly FaultHit[] {
    return this.#log;
  }

  /** The first rule of the border that matches and takes effect now; it is counted and logged. */
  decide(border: Border, facts: FaultFacts, wanted: (rule: FaultRule) => boolean = () => true): Fault | undefined {
    if (this.#paused > 0) return undefined;
    for (const entry of this.#entries.values()) {
      if (entry.border !== border || isOver(entry) || !wanted(entry.rule) || !fits(entry, facts)) continue;
      entry.matches += 1;
      if (entry.matches <= (entry.rule.after ?? 0)) continue;
      if (entry.rule.probability !== undefined && entry.random.next() >= entry.rule.probability) continue;
      entry.hits += 1;
      this.#note(entry, facts);
      return { id: entry.id, rule: entry.rule };
    }
    return undefined;
  }

  /** Runs what the response of a request waits for; a cast has none. */
  answering<T>(requestId: string | undefined, work: () => Promise<T>): Promise<T> {
    return this.#answered.run(requestId, work);
  }

  /** Notes that a rule was met on the way of a request, whose response then names it. */
  meet({ id }: Fault): void {
    const requestId = this.#answered.getStore();
    if (requestId === undefined) return;
    this.#met.set(requestId, id);
    const [oldest] = this.#met.keys();
    if (this.#met.size > MAX_LOG && oldest !== undefined) this.#met.delete(oldest);
  }

  /** The rule that a request met behind the API. */
  metBy(requestId: string): string | undefined {
    const id = this.#met.get(requestId);
    this.#met.delete(requestId);
    return id;
  }

  #note({ id, border }: Entry, facts: FaultFacts): void {
    this.#hits += 1;
    this.#log.push({ number: this.#hits, at: new Date().toISOString(), id, border, facts });
    if (this.#log.length > MAX_LOG) this.#log.shift();
  }
}

function isOver({ rule, hits, untilMs }: Entry): boolean {
  return (rule.times !== undefined && hits >= rule.times) || performance.now() > untilMs;
}

function fits({ patterns }: Entry, facts: FaultFacts): boolean {
  return patterns.every(([name, pattern]) => {
    const fact = facts[name];
    const texts = fact === undefined ? [] : typeof fact === 'string' ? [fact] : fact;
    return texts.some((one) => pattern.test(one));
  });
}

/** The plan of this process. */
export const faultPlan = new FaultPlan();
