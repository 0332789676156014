import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartError } from './internal/errors.js';
import { runMain } from './run-main.js';

async function run(argv: readonly string[], main: () => Promise<number> = () => Promise.resolve(0), env = {}) {
  let out = '';
  let err = '';
  const codes: number[] = [];
  await runMain({ name: 'albireo-test', summary: 'For tests.' }, main, {
    argv,
    env: { HOME: '/nonexistent', ...env },
    out: (text) => (out += text),
    err: (text) => (err += text),
    exit: (code) => codes.push(code),
  });
  return { out, err, codes };
}

describe('runMain', () => {
  it('ends with the exit code of the program', async () => {
    assert.deepEqual(await run([], () => Promise.resolve(3)), { out: '', err: '', codes: [3] });
  });

  it('answers --help and --version', async () => {
    const help = await run(['--help']);
    assert.deepEqual(help.codes, [0]);
    assert.match(help.out, /^usage: albireo-test \[options\]\n\nFor tests\.\n/);
    assert.match(help.out, / {2}-d, --debug, --no-debug {3}Log at DEBUG level/);
    const version = await run(['--version']);
    assert.match(version.out, /^albireo-test \d+\.\d+\.\d+\n$/);
    assert.deepEqual(version.codes, [0]);
  });

  it('answers an unknown flag with 2', async () => {
    const { err, codes } = await run(['--bogus']);
    assert.equal(err, 'albireo-test: error: unrecognized arguments: --bogus (see albireo-test --help)\n');
    assert.deepEqual(codes, [2]);
  });

  it('tells each fault in one line and ends with 1', async () => {
    const env = { OS_API__MAX_LIMIT: 'x', OS_DATABASE__CONNECTION: 'mysql+pymysql://nova:hidden@db/nova' };
    const { err, codes } = await run([], undefined, env);
    const lines = err.trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^albireo-test: error: OS_API__MAX_LIMIT: \[api\] max_limit: expected an integer/);
    assert.match(lines[1] ?? '', /mysql\+pymysql is no database of this product; expected postgresql:/);
    assert.doesNotMatch(err, /hidden/);
    assert.deepEqual(codes, [1]);
  });

  it('tells a mistake of the operator without a stack, and anything else with one', async () => {
    const mistake = await run([], () => Promise.reject(new StartError('port 80 is in use')));
    assert.equal(mistake.err, 'albireo-test: error: port 80 is in use\n');
    const defect = await run([], () => Promise.reject(new Error('oops')));
    assert.match(defect.err, /unexpected error: Error: oops\n\s+at /);
    assert.deepEqual([...mistake.codes, ...defect.codes], [1, 1]);
  });
});
