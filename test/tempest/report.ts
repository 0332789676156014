import { CONFIGURATIONS, GROUPS } from './configurations.js';
import { failures, skips } from './outcome.js';
import type { ClassOutcome, Outcome } from './outcome.js';

/** The outcome of a group, and what it was made with. */
export interface GroupResult {
  /** Day of the run, as in ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly classes: Outcome;
}

/** results.json: the last complete run of each group. */
export type Results = Readonly<Record<string, GroupResult>>;

/** reasons.json: why tests fail, and why those that tempest leaves out are; patterns of their names with the error, or of its words. */
export interface Reasons {
  readonly failures: Readonly<Record<string, string>>;
  readonly skips: Readonly<Record<string, string>>;
}

export interface Sums {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function sumsOf(classes: readonly ClassOutcome[]): Sums {
  const sum = (amount: (of: ClassOutcome) => number): number => classes.reduce((total, of) => total + amount(of), 0);
  return { tests: sum((of) => of.tests), passed: sum((of) => of.passed), failed: sum(failures), skipped: sum(skips) };
}

const reasonOf = (reasons: Readonly<Record<string, string>>, text: string): string | undefined =>
  Object.entries(reasons).find(([pattern]) => new RegExp(pattern).test(text))?.[1];

const cell = (text: string): string =>
  text
    .replaceAll('|', String.raw`\|`)
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
const share = ({ passed, failed }: Sums): string =>
  passed + failed === 0 ? '' : `${((100 * passed) / (passed + failed)).toFixed(1)} %`;

function overview(results: Results): string[] {
  const rows = Object.entries(results).map(([name, { classes, date }]) => {
    const sums = sumsOf(Object.values(classes));
    const { tests, passed, failed, skipped } = sums;
    const about = GROUPS[name]?.configuration ?? '';
    return `| [${name}](#${name}) | ${about} | ${tests} | ${passed} | ${failed} | ${skipped} | ${share(sums)} | ${date} |`;
  });
  return [
    '| group | cloud | tests | passed | failed | skipped | of those that ran | day |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

function failureRows(name: string, classes: Outcome, reasons: Reasons): string[] {
  return Object.entries(classes).flatMap(([className, { failed }]) =>
    Object.entries(failed).map(([test, error]) => {
      const full = `${className}.${test}`;
      return `| ${name} | \`${full}\` | ${cell(reasonOf(reasons.failures, `${full}: ${error}`) ?? error)} |`;
    }),
  );
}

function skipRows(results: Results, reasons: Reasons): string[] {
  const kinds = new Map<string, Map<string, number>>();
  for (const [name, { classes }] of Object.entries(results)) {
    for (const { skipped } of Object.values(classes)) {
      for (const [text, count] of Object.entries(skipped)) {
        const why = reasonOf(reasons.skips, text) ?? text;
        const groups = kinds.get(why) ?? new Map<string, number>();
        kinds.set(why, groups.set(name, (groups.get(name) ?? 0) + count));
      }
    }
  }
  const total = (groups: ReadonlyMap<string, number>): number => [...groups.values()].reduce((sum, n) => sum + n, 0);
  return [...kinds]
    .toSorted(([textA, a], [textB, b]) => total(b) - total(a) || (textA < textB ? -1 : 1))
    .map(([why, groups]) => `| ${cell(why)} | ${[...groups].map(([name, count]) => `${name} ${count}`).join(', ')} |`);
}

function classRows(name: string, { classes, versions }: GroupResult): string[] {
  const rows = Object.entries(classes).map(([className, outcome]) => {
    const { passed, failed, skipped } = sumsOf([outcome]);
    return `| \`${className}\` | ${passed} | ${failed || ''} | ${skipped || ''} |`;
  });
  return [
    `## ${name}`,
    '',
    Object.entries(versions)
      .map(([program, version]) => `${program} ${version}`)
      .join(', '),
    '',
    '| class, without `tempest.` | passed | failed | skipped |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

/** docs/tempest.md: made from the results alone. */
export function report(results: Results, reasons: Reasons): string {
  const failed = Object.entries(results).flatMap(([name, { classes }]) => failureRows(name, classes, reasons));
  const clouds = Object.entries(CONFIGURATIONS).map(([name, { about }]) => `- ${name}: ${about}.`);
  const failureTable = ['| group | test, without `tempest.` | reason |', '| --- | --- | --- |', ...failed];
  return [
    '# Tempest',
    '',
    "OpenStack's own suite, and those that Neutron and Keystone add to it, against `albireo-server --ephemeral` with the `fake` driver (`guests`: QEMU), in a network namespace of its own; users,",
    'projects, networks and routers are made by tempest for each class. `npm run tempest -- GROUP …` runs it, and writes this file with',
    '`--write` ([CONTRIBUTING.md](../CONTRIBUTING.md)). A negative test that passed because a route is missing would count here: there is',
    'no way to see it in the results.',
    '',
    ...clouds,
    '',
    ...overview(results),
    '',
    '## Failures',
    '',
    ...(failed.length === 0 ? ['None.'] : failureTable),
    '',
    '## Skipped',
    '',
    '| why | tests |',
    '| --- | --- |',
    ...skipRows(results, reasons),
    '',
    ...Object.entries(results).flatMap(([name, result]) => classRows(name, result)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
