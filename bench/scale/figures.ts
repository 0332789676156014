import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';

export interface Series {
  readonly name: string;
  /** In the order of `x` of the curve. */
  readonly values: readonly number[];
}

/** One picture: what is measured over what there is of it. */
export interface Curve {
  readonly title: string;
  /** What the numbers along the bottom count. */
  readonly along: string;
  readonly x: readonly number[];
  readonly unit: string;
  readonly series: readonly Series[];
}

/** What one part of the benchmark has found, and where. */
export interface Figures {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  /** Load of the machine before and after, a minute's mean. */
  readonly load: readonly [number, number];
  readonly curves: readonly Curve[];
}

const file = new URL('../../../bench/scale/figures.json', import.meta.url);

export function readFigures(): Record<string, Figures> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Figures>;
}

/** Keeps what a part has found in place of what it found before. */
export function keepFigures(part: string, figures: Figures): void {
  const all = { ...readFigures(), [part]: figures };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

const minuteLoad = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;

/** Runs a part and notes what machine it ran on. */
export async function withSurroundings(run: () => Promise<readonly Curve[]>): Promise<Figures> {
  const before = minuteLoad();
  const curves = await run();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? arch()}`,
    versions: `Node ${process.version}`,
    load: [before, minuteLoad()],
    curves,
  };
}

export function printCurve({ title, along, x, unit, series }: Curve): void {
  console.log(`\n${title} (${unit})\n`);
  console.log(`| ${along} | ${series.map(({ name }) => name).join(' | ')} |`);
  console.log(`| ${'--- | '.repeat(series.length + 1).trim()}`);
  for (const [at, value] of x.entries()) {
    console.log(`| ${value.toLocaleString('en')} | ${series.map(({ values }) => values[at] ?? '').join(' | ')} |`);
  }
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
