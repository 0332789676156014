// Runs the compiled tests of the named suites in this one process: importing Nest once costs less than once a file.
//   node dist/test/run.js unit integration e2e [--only SUBSTRING]
// unit         *.spec.js beside the source, without network
// integration  libs/*/test/*.int-spec.js and test/integration: a real RabbitMQ and PostgreSQL
// e2e          test/e2e: the real programs and real clients
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { sharedBroker } from '#testing/broker';
import { sharedDatabase } from '#testing/database';

const dist = fileURLToPath(new URL('..', import.meta.url));
const suites: Record<string, RegExp> = {
  unit: /^(apps|libs|test)\/.*\.spec\.js$/,
  integration: /(^libs\/.*\.int-spec\.js$|^test\/integration\/.*\.int-spec\.js$)/,
  e2e: /^test\/e2e\/.*\.e2e-spec\.js$/,
};

const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const only = onlyAt >= 0 ? args[onlyAt + 1] : undefined;
const wanted = args.filter((name, index) => !name.startsWith('--') && (onlyAt < 0 || index !== onlyAt + 1));
for (const name of wanted) {
  if (!(name in suites)) {
    console.error(`unknown suite "${name}": expected ${Object.keys(suites).join(', ')}`);
    process.exit(2);
  }
}

const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => !file.includes('node_modules/'))
  .filter((file) => wanted.some((name) => suites[name]?.test(file)))
  .filter((file) => only === undefined || file.includes(only))
  .toSorted();

if (files.length === 0) {
  console.error(`no test file matches ${args.join(' ')}`);
  process.exit(1);
}

const isUnit = (file: string): boolean => suites['unit']?.test(file) === true;
const unitFiles = files.filter(isUnit);
const processFiles = files.filter((file) => !isUnit(file));

// Unit specs share this process; integration and end-to-end files get a process each, one after another,
// since they start servers and must not see each other's handles.
for (const file of unitFiles) await import(pathToFileURL(join(dist, file)).href);
if (processFiles.length > 0) await runInProcesses(processFiles.map((file) => join(dist, file)));

/** One broker and one database server serve all files; a test that kills one starts its own. */
async function runInProcesses(paths: string[]): Promise<void> {
  const broker = await sharedBroker();
  const database = await sharedDatabase();
  Object.assign(process.env, broker.environment, database.environment);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({ files: paths, concurrency: 1 });
  stream.on('test:fail', (event) => {
    if (event.details.type !== 'suite') counts.failed += 1;
  });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip === undefined) counts.passed += 1;
    else counts.skipped += 1;
  });
  for await (const line of stream.compose(new spec())) process.stdout.write(String(line));
  await Promise.all([broker.stop(), database.stop()]);
  console.log(`${wanted.join('+')}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
}
