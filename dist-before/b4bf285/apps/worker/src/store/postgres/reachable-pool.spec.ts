import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PostgresPool } from 'kysely';
import { EXPECTED_ERRORS } from '#libs/contracts';
import { DatabaseUnavailable, reachablePool } from './reachable-pool.js';

function failing(error: Error): PostgresPool {
  return reachablePool({
    async connect() {
      throw error;
    },
    async end() {
      throw error;
    },
  });
}
const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('reachablePool', () => {
  it('tells that no connection was to be had, to the operator with the reason, to the caller without', async () => {
    for (const error of [
      withCode('connect ECONNREFUSED 10.0.0.9:5432', 'ECONNREFUSED'),
      new AggregateError([new Error('connect ECONNREFUSED 10.0.0.9:5432')], ''),
      withCode('10.0.0.9 is starting up', '57P03'),
    ]) {
      await assert.rejects(failing(error).connect(), (thrown) => {
        assert.ok(thrown instanceof DatabaseUnavailable);
        assert.match(thrown.message, /^the database cannot be reached: .*10\.0\.0\.9/);
        assert.equal(thrown.cause, error);
        const failure = thrown.toRemoteFailure();
        assert.equal(failure.class in EXPECTED_ERRORS, true);
        assert.doesNotMatch(JSON.stringify(failure), /10\.0\.0\.9/);
        return true;
      });
    }
  });

  it('leaves a wrong password what it is', async () => {
    const error = withCode('password authentication failed', '28P01');
    await assert.rejects(failing(error).connect(), error);
  });
});
