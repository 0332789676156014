import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPECTED_ERRORS, ExpectedError, isExpectedErrorCode } from './expected-errors.js';

describe('ExpectedError', () => {
  it('answers with the status of its table row', () => {
    assert.equal(new ExpectedError('InstanceNotFound', 'Instance x could not be found.').status, 404);
  });

  it('knows its codes, and no property of Object', () => {
    assert.equal(isExpectedErrorCode('PortInUse'), true);
    assert.equal(isExpectedErrorCode('constructor'), false);
  });

  it('only has client errors and what passes by itself: what is unexpected is a 500 without detail', () => {
    for (const [code, kind] of Object.entries(EXPECTED_ERRORS)) {
      const passes: boolean = kind.status === 503 && kind.retryable;
      assert.ok(passes || (kind.status >= 400 && kind.status < 500), code);
    }
  });
});
