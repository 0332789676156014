import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './apis.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const file = join(root, 'test', 'samples', 'known-differences.json');

/** By API and sample: where our answers differ, as `at: what`. It may only shrink. */
type Known = Record<string, Record<string, readonly string[]>>;

export const known = (): Known => JSON.parse(readFileSync(file, 'utf8')) as Known;

export interface Judgement {
  /** Differences that are not in the list. */
  readonly added: readonly string[];
  /** Differences of the list that are gone. */
  readonly gone: readonly string[];
}

export function judged({ name, findings, played }: Outcome): Judgement {
  const before = linesOf(known()[name] ?? {}).filter((line) => played.has(line.slice(0, line.indexOf(' '))));
  const now = linesOf(Object.fromEntries(findings.map(({ sample, differences }) => [sample, differences])));
  return { added: now.filter((line) => !before.includes(line)), gone: before.filter((line) => !now.includes(line)) };
}

function linesOf(samples: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(samples).flatMap(([sample, lines]) => lines.map((line) => `${sample} ${line}`));
}

/** Writes the outcome of a whole run as the list. */
export function writeKnown(outcomes: readonly Outcome[]): void {
  const all: Known = { ...known() };
  for (const { name, findings } of outcomes) {
    const sorted = findings.toSorted((a, b) => (a.sample < b.sample ? -1 : 1));
    all[name] = Object.fromEntries(sorted.map(({ sample, differences }) => [sample, differences]));
  }
  writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}
