// Runs the compiled tests of the named suites in this one process: importing Nest once costs less than once a file.
//   node dist/test/run.js [unit] [integration] [e2e] [WORD] [--only SUBSTRING]
// Without a suite: all. WORD is a part of a file's path, else of a test's name; --only of a file's path.
// unit         *.spec.js beside the source, without network
// integration  libs/*/test/*.int-spec.js and test/integration: a real RabbitMQ and PostgreSQL
// e2e          test/e2e: the real programs and real clients
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { sharedBroker } from '#testing/broker';
import { sharedDatabase } from '#testing/database';
import { FILE_VARIABLE, killProcessesOf } from '#testing/overdue-file';

/** A file that takes longer hangs: the slowest take two minutes on two cores. */
const FILE_LIMIT_MS = Number(process.env['ALBIREO_TEST_FILE_LIMIT_S'] ?? 420) * 1000;

const dist = fileURLToPath(new URL('..', import.meta.url));
const suites: Record<string, RegExp> = {
  unit: /^(apps|libs|test)\/.*\.spec\.js$/,
  integration: /(^libs\/.*\.int-spec\.js$|^test\/integration\/.*\.int-spec\.js$)/,
  e2e: /^test\/e2e\/.*\.e2e-spec\.js$/,
};

const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const only = onlyAt >= 0 ? args[onlyAt + 1] : undefined;
const names = args.filter((name, index) => !name.startsWith('--') && (onlyAt < 0 || index !== onlyAt + 1));
const words = names.filter((name) => !(name in suites));
const asked = names.filter((name) => name in suites);
const wanted = asked.length > 0 ? asked : Object.keys(suites);
if (words.length > 1) {
  console.error(`expected one word, a part of a file's path or of a test's name, found ${words.join(', ')}`);
  process.exit(2);
}
if (args.length === 0) runEachSuite();

const inSuites = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !file.includes('node_modules/'))
  .filter((file) => wanted.some((name) => suites[name]?.test(file)))
  .filter((file) => only === undefined || file.includes(only))
  .toSorted();
const [word] = words;
const ofWord = word === undefined ? inSuites : inSuites.filter((file) => file.includes(word));
/** The word is no file's: then it is in the name of a test. */
const testName = word !== undefined && ofWord.length === 0 ? word : undefined;
const files =
  testName === undefined
    ? ofWord
    : inSuites.filter((file) => readFileSync(join(dist, file), 'utf8').includes(testName));

if (files.length === 0) {
  console.error(`no test file matches ${args.join(' ')}`);
  process.exit(1);
}

/** All of them, each in a process of its own; what fails ends it. */
function runEachSuite(): never {
  for (const name of wanted) {
    const { status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', name], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(status ?? 1);
  }
  process.exit(0);
}

/** Tests of this process are chosen by node's own flag. */
function runUnitByName(name: string, paths: readonly string[]): void {
  const flags = ['--test-name-pattern', escaped(name)];
  for (const path of paths) {
    const { status } = spawnSync(process.execPath, [...process.execArgv, ...flags, path], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

const isUnit = (file: string): boolean => suites['unit']?.test(file) === true;
const unitFiles = files.filter(isUnit);
const processFiles = files.filter((file) => !isUnit(file));

// Unit specs share this process; integration and end-to-end files get a process each, since they start servers and must
// not see each other's handles.
const unitPaths = unitFiles.map((file) => join(dist, file));
if (testName === undefined) for (const path of unitPaths) await import(pathToFileURL(path).href);
else runUnitByName(testName, unitPaths);
if (processFiles.length > 0) await runInProcesses(processFiles.map((file) => join(dist, file)));

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** File, name and error of each that failed. */
  readonly failures: string[];
}

function noCounts(): Counts {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

/**
 * One broker and one database server serve all files; a test that kills one starts its own. Two files run at once, since
 * most wait for programs to start. A file that failed so runs once more alone, and is told: what fails there has failed.
 */
async function runInProcesses(paths: readonly string[]): Promise<void> {
  const broker = await sharedBroker();
  const database = await sharedDatabase();
  Object.assign(process.env, broker.environment, database.environment);
  const counts = await runTogether(paths, Math.min(2, availableParallelism()));
  await Promise.all([broker.stop(), database.stop()]);
  // Once more at the end, where whoever sees only that finds it.
  for (const failure of counts.failures) console.log(failure);
  console.log(`${wanted.join('+')}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  // A file that hung may have left handles here, too.
  process.exit(counts.failed > 0 ? 1 : 0);
}

async function runTogether(paths: readonly string[], together: number): Promise<Counts> {
  const sum = noCounts();
  const again: string[] = [];
  const add = (counts: Counts): void => {
    for (const key of ['passed', 'failed', 'skipped'] as const) sum[key] += counts[key];
    sum.failures.push(...counts.failures);
  };
  const waiting = [...paths];
  const isAlone = together === 1 || paths.length === 1;
  async function runNext(): Promise<void> {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const counts = await runFile(path);
      if (counts.failed > 0 && !isAlone) again.push(path);
      else add(counts);
    }
  }
  await Promise.all(Array.from({ length: together }, runNext));
  if (again.length > 0) {
    console.log(`failed beside another file, once more alone: ${again.map((path) => relative(dist, path)).join(', ')}`);
    add(await runTogether(again, 1));
  }
  return sum;
}

/**
 * What it prints comes at its end, so that two files do not mix. A file that hangs is killed with all that it started,
 * and has failed; which processes there were is told.
 */
async function runFile(path: string): Promise<Counts> {
  const counts = noCounts();
  process.env[FILE_VARIABLE] = path;
  const stream = run({
    files: [path],
    concurrency: 1,
    ...(testName === undefined ? {} : { testNamePatterns: escaped(testName) }),
  });
  stream.on('test:fail', (event) => {
    if (event.details.type === 'suite') return;
    counts.failed += 1;
    const { error } = event.details;
    counts.failures.push(`✖ ${relative(dist, path)}: ${event.name}\n${inspect(error.cause ?? error)}`);
  });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip === undefined) counts.passed += 1;
    else counts.skipped += 1;
  });
  let text = `\n${relative(dist, path)}\n`;
  const read = async (): Promise<void> => {
    for await (const line of stream.compose(new spec())) text += String(line);
  };
  await untilOverdue(read(), () => {
    const failure = `✖ ${relative(dist, path)} has not ended after ${FILE_LIMIT_MS / 1000} s; killed:\n${killProcessesOf(path)}`;
    counts.failed += 1;
    counts.failures.push(failure);
    text += `${failure}\n`;
  });
  // The totals of each file would hide those of all.
  process.stdout.write(text.replaceAll(/^ℹ .*\n/gm, ''));
  return counts;
}

/** Waits for `reading`; after FILE_LIMIT_MS calls `end`, and then waits for at most ten seconds more. */
async function untilOverdue(reading: Promise<void>, end: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms, true);
    });
  const done = reading.then(() => false);
  if (await Promise.race([done, isLate(FILE_LIMIT_MS)])) {
    end();
    await Promise.race([done, isLate(10_000)]);
  }
  clearTimeout(timer);
}
