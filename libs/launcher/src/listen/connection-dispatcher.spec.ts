import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { ConnectionDispatcher } from './connection-dispatcher.js';
import type { ConnectionTaker } from './connection-dispatcher.js';

class Taker implements ConnectionTaker {
  untaken = 0;
  given = 0;
  give(): void {
    this.given += 1;
  }
}

describe('ConnectionDispatcher', () => {
  it('gives connections in turn, and passes over a worker that has not taken its last one', () => {
    const dispatcher = new ConnectionDispatcher('echo', true);
    const [one, two] = [new Taker(), new Taker()];
    dispatcher.add(one);
    dispatcher.add(two);
    for (let turn = 0; turn < 4; turn += 1) dispatcher.dispatch(new Socket());
    assert.deepEqual([one.given, two.given], [2, 2]);
    one.untaken = 1;
    for (let turn = 0; turn < 4; turn += 1) dispatcher.dispatch(new Socket());
    assert.deepEqual([one.given, two.given], [2, 6]);
  });

  it('holds connections until a worker is there', () => {
    const dispatcher = new ConnectionDispatcher('echo', false);
    for (let turn = 0; turn < 3; turn += 1) dispatcher.dispatch(new Socket());
    assert.equal(dispatcher.waiting, 3);
    const taker = new Taker();
    dispatcher.add(taker);
    assert.equal(taker.given, 3);
    assert.equal(dispatcher.waiting, 0);
    dispatcher.remove(taker);
    dispatcher.dispatch(new Socket());
    assert.equal(dispatcher.waiting, 1);
    dispatcher.close();
    assert.equal(dispatcher.waiting, 0);
  });
});
