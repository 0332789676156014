import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneOfTheBest } from './host-chooser.js';

describe('a server goes to one of the best hosts by chance', () => {
  const hosts = ['h1', 'h2', 'h3'];

  it('of as many as host_subset_size says, and as there are', () => {
    const bounds: number[] = [];
    const last = (bound: number) => {
      bounds.push(bound);
      return bound - 1;
    };
    assert.deepEqual(oneOfTheBest(hosts, 1, last), hosts);
    assert.deepEqual(oneOfTheBest(hosts, 2, last), ['h2', 'h1', 'h3']);
    assert.deepEqual(oneOfTheBest(hosts, 9, last), ['h3', 'h1', 'h2']);
    assert.deepEqual(bounds, [1, 2, 3]);
    assert.deepEqual(oneOfTheBest([], 2), []);
  });

  it('each of them is taken', () => {
    const first = new Set(Array.from({ length: 200 }, () => oneOfTheBest(hosts, 2)[0]));
    assert.deepEqual(first, new Set(['h1', 'h2']));
  });
});
