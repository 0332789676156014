/** What became of the tests of one class. */
export interface ClassOutcome {
  readonly tests: number;
  readonly passed: number;
  /** The error that ended each test, by its name; `setUpClass` stands for all tests of the class. */
  readonly failed: Readonly<Record<string, string>>;
  /** Tests by the suite's own reason for leaving them out. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** What became of a group: by class, without the `tempest.` that tempest's own begin with. */
export type Outcome = Readonly<Record<string, ClassOutcome>>;

interface Building {
  readonly tests: number;
  passed: number;
  failed: Record<string, string>;
  skipped: Record<string, number>;
}

const TEST =
  /^(?:\{\d+\} )?(?:(setUpClass|tearDownClass) \((\S+)\)|((?:\w+_)?tempest\w*\.\S+))(?: \[[\d.]+s\])? \.\.\. (ok|FAILED|SKIPPED)(?:: (.*))?$/;
/** The last words of a traceback of Python: `module.Error: text`. */
const ERROR = /^\s*((?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Mismatch|[A-Z]\w*)?: .*)$/;

const below = (name: string): string => name.replace(/^tempest\./, '');
const classOf = (test: string): string => below(test.slice(0, test.lastIndexOf('.')));
const withoutTags = (test: string): string => test.trim().replace(/\[.*$/, '');
/** Ids and random names say nothing to a reader. */
const plain = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, 'ID')
    .replace(/^\w+ skipped (?:as|because) /, '')
    .replaceAll(/(tempest-[A-Za-z-]+)-\d+/g, '$1')
    .slice(0, 240);

/** The error below a line that says FAILED: the first that the traceback ends with. */
function errorBelow(lines: readonly string[], at: number): string {
  let inTraceback = false;
  for (const line of lines.slice(at + 1, at + 400)) {
    if (TEST.test(line)) break;
    if (line.includes('Traceback (most recent call last)')) inTraceback = true;
    const match = inTraceback ? ERROR.exec(line) : null;
    if (match !== null) return plain(match[1] ?? '');
  }
  return 'no traceback';
}

/**
 * Reads what `stestr run` writes, and counts by class.
 *
 * @param output text of `stestr run`
 * @param list text of `stestr list` for the same tests: a class that is left out as a whole is one line of the output
 */
export function readOutcome(output: string, list: string): Outcome {
  const expected = new Map<string, number>();
  for (const line of list.split('\n').filter((text) => /^(\w+_)?tempest\w*\./.test(text))) {
    const name = classOf(withoutTags(line));
    expected.set(name, (expected.get(name) ?? 0) + 1);
  }
  const classes = new Map<string, Building>();
  for (const [name, tests] of [...expected].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    classes.set(name, { tests, passed: 0, failed: {}, skipped: {} });
  }
  const lines = output.split('\n');
  for (const [at, line] of lines.entries()) {
    const [, part, whole, test = '', verdict, reason = ''] = TEST.exec(line) ?? [];
    if (verdict === undefined) continue;
    const name = whole === undefined ? classOf(withoutTags(test)) : below(whole);
    const found = classes.get(name);
    if (found === undefined) continue;
    const count = part === undefined ? 1 : found.tests;
    if (verdict === 'ok') found.passed += count;
    else if (verdict === 'SKIPPED') found.skipped[plain(reason)] = (found.skipped[plain(reason)] ?? 0) + count;
    else found.failed[part ?? withoutTags(test).slice(test.lastIndexOf('.') + 1)] = errorBelow(lines, at);
  }
  return Object.fromEntries([...classes].map(([name, found]) => [name, settled(found)]));
}

/** Tests that the output says nothing of did not come to their turn: the run was broken off. */
function settled(found: Building): ClassOutcome {
  const missing = failures(found) - Object.keys(found.failed).filter((name) => name !== 'tearDownClass').length;
  if (missing > 0 && found.failed['setUpClass'] === undefined) found.failed['(not run)'] = `${missing} tests`;
  return found;
}

/** How many tests of a class were left out. */
export function skips({ skipped }: ClassOutcome): number {
  return Object.values(skipped).reduce((sum, count) => sum + count, 0);
}

/** How many tests of a class failed, or would have with the class. */
export function failures(outcome: ClassOutcome): number {
  return outcome.tests - outcome.passed - skips(outcome);
}
