import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Onlookers, onlookerMark } from './onlookers.js';

describe('onlookers', () => {
  it('are requests with the mark of the program, and no others', () => {
    const onlookers = new Onlookers();
    const mark = onlookerMark('a secret');
    assert.equal(onlookers.admit('req-0', mark), false);
    onlookers.expect(mark);
    assert.equal(onlookers.admit('req-1', onlookerMark('another')), false);
    assert.equal(onlookers.admit('req-1', undefined), false);
    assert.equal(onlookers.has('req-1'), false);
    assert.equal(onlookers.admit('req-2', mark), true);
    assert.equal(onlookers.has('req-2'), true);
    for (let at = 0; at < 1_000; at += 1) onlookers.admit(`more-${at}`, mark);
    assert.equal(onlookers.has('req-2'), false);
  });
});
