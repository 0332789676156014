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

  it('has client errors, what passes by itself, unknown outcomes and what a driver has not: what is unexpected is a 500 without detail', () => {
    for (const [code, kind] of Object.entries(EXPECTED_ERRORS)) {
      const passes: boolean = kind.status === 503 && kind.retryable;
      // A client that sent it again might run it twice.
      const isUnknown: boolean = kind.status === 504 && !kind.retryable;
      // Neutron's status for a disabled resource is 503.
      const isMissing =
        (kind.status === 501 || code === 'FlavorDisabled' || code === 'ServiceProfileDisabled') && !kind.retryable;
      assert.ok(passes || isUnknown || isMissing || (kind.status >= 400 && kind.status < 500), code);
    }
  });
});
