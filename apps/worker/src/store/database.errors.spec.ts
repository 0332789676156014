import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPECTED_ERRORS } from '#libs/contracts';
import { DatabaseOutcomeUnknown, DatabaseUnavailable, isHopeless, verdictOf } from './database.errors.js';

const withState = (code: string, severity = 'ERROR'): Error =>
  Object.assign(new Error('10.0.0.9 says'), { code, severity });

describe('what an error of the database means', () => {
  it('is told by its SQLSTATE', () => {
    const verdicts = {
      lost: ['57P01', '57P02', '57P03', '57P05', '08006', '08P01', '25006', '25P03'],
      refused: ['53100', '53200', '53300', '57014', '55P03', '58030', '40001', '40P01'],
      answer: ['23505', '42P01', '22P02', '0A000', '26000', 'XX000'],
    };
    for (const [verdict, states] of Object.entries(verdicts)) {
      for (const state of states) assert.equal(verdictOf(withState(state)), verdict, state);
    }
    assert.equal(verdictOf(withState('XX000', 'FATAL')), 'lost');
    assert.equal(verdictOf(new Error('a bug of ours')), 'answer');
    assert.equal(verdictOf(withState('EPIPE', 'FATAL')), 'answer', 'no SQLSTATE at all');
  });

  it('is hopeless when only an operator can change it', () => {
    for (const state of ['28P01', '28000', '3D000']) assert.equal(isHopeless(withState(state)), true);
    assert.equal(isHopeless(new DatabaseUnavailable(withState('28P01'))), true);
    for (const error of [withState('57P03'), withState('53300'), new Error('connect ECONNREFUSED')])
      assert.equal(isHopeless(error), false);
    assert.equal(isHopeless(new AggregateError([withState('28P01'), new Error('no answer')], '')), false);
  });

  it('is told to the operator with the reason, to the caller without', () => {
    for (const [error, text] of [
      [new DatabaseUnavailable(withState('57P03')), /^the database cannot be reached: 10\.0\.0\.9/],
      [new DatabaseUnavailable(new AggregateError([new Error('10.0.0.9 refused')], '')), /10\.0\.0\.9 refused/],
      [new DatabaseUnavailable(withState('53100'), 'refused'), /^the database refuses: 10\.0\.0\.9/],
      [new DatabaseOutcomeUnknown(new Error('10.0.0.9 closed')), /^the database did not confirm a change: 10\.0\.0\.9/],
    ] as const) {
      assert.match(error.message, text);
      const failure = error.toRemoteFailure();
      assert.equal(failure.class in EXPECTED_ERRORS, true);
      assert.doesNotMatch(JSON.stringify(failure), /10\.0\.0\.9/);
    }
  });
});
