import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failures, readOutcome, skips } from './outcome.js';

const LIST = `tempest.api.compute.test_a.ATest.test_one[id-1,smoke]
tempest.api.compute.test_a.ATest.test_two[id-2]
tempest.api.compute.test_a.ATest.test_three[id-3]
tempest.api.compute.test_b.BTest.test_one[id-4]
tempest.api.compute.test_b.BTest.test_two[id-5]
tempest.api.compute.test_c.CTest.test_one[id-6]
`;

const OUTPUT = `{0} tempest.api.compute.test_a.ATest.test_one [0.085469s] ... ok
{1} setUpClass (tempest.api.compute.test_b.BTest) ... SKIPPED: BTest skipped as Cinder is not available
{0} tempest.api.compute.test_a.ATest.test_two [1.5s] ... FAILED

Captured traceback:
~~~~~~~~~~~~~~~~~~~
    Traceback (most recent call last):

      File "test_a.py", line 184, in test_two
    tempest.lib.exceptions.BadRequest: Bad request
Details: {'code': 400, 'message': 'not of project 6613465c9e6f40919f1b4e451ae182b4'}

{0} tempest.api.compute.test_a.ATest.test_three ... SKIPPED: Instance validation tests are disabled.
`;

describe('the outcome of a run of tempest', () => {
  const outcome = readOutcome(OUTPUT, LIST);

  it('counts passes, failures with their error, and skips with their reason by class', () => {
    assert.deepEqual(outcome['api.compute.test_a.ATest'], {
      tests: 3,
      passed: 1,
      failed: { test_two: 'tempest.lib.exceptions.BadRequest: Bad request' },
      skipped: { 'Instance validation tests are disabled.': 1 },
    });
  });

  it('counts each test of a class that is left out as a whole', () => {
    const left = outcome['api.compute.test_b.BTest'];
    assert.deepEqual(left?.skipped, { 'Cinder is not available': 2 });
  });

  it('a test that the output says nothing of is no pass', () => {
    const silent = outcome['api.compute.test_c.CTest'];
    assert.ok(silent);
    assert.deepEqual(silent.failed, { '(not run)': '1 tests' });
    assert.deepEqual([failures(silent), skips(silent)], [1, 0]);
  });
});
