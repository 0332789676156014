import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inOrder } from './state-tables.js';

describe('the order of tables', () => {
  const tables = ['a', 'b', 'c'].map((name) => ({ name }));
  it('has what is referred to first', () => {
    const references = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ];
    assert.deepEqual(
      inOrder(tables, references).map(({ name }) => name),
      ['c', 'b', 'a'],
    );
  });
  it('is refused for a circle', () => {
    const references = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    assert.throws(() => inOrder(tables, references), /in a circle: a, b/);
  });
});
