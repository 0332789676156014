import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeReadiness } from './readiness.js';
import type { GroupSnapshot } from './readiness.js';

const well = new Map([['echo', { ready: true }]]);
const group: GroupSnapshot = {
  services: ['echo'],
  size: 2,
  ready: [well, well],
  starting: 0,
  crashLoop: false,
  exits: [],
};

describe('judgeReadiness', () => {
  it('wants at least one healthy worker of each group', () => {
    assert.equal(judgeReadiness([group], false).ready, true);
    assert.equal(judgeReadiness([{ ...group, ready: [well] }], false).ready, true);
    assert.equal(judgeReadiness([group, { ...group, ready: [], starting: 2 }], false).ready, false);
  });

  it('is off while draining, in a crash loop, and before anything was launched', () => {
    assert.equal(judgeReadiness([group], true).ready, false);
    assert.equal(judgeReadiness([{ ...group, crashLoop: true }], false).ready, false);
    assert.equal(judgeReadiness([], false).ready, false);
  });

  it('judges each service of a worker that holds several', () => {
    const mixed = new Map([
      ['tasks', { ready: false, reason: 'no consumers' }],
      ['echo', { ready: true }],
    ]);
    const { ready, lines } = judgeReadiness([{ ...group, services: ['tasks', 'echo'], ready: [mixed] }], false);
    assert.equal(ready, false);
    assert.deepEqual(lines, ['[-] tasks: 0 of 2 workers ready; no consumers', '[+] echo: 1 of 2 workers ready']);
  });

  it('tells the reason of an unready service', () => {
    const ill = new Map([['echo', { ready: false, reason: 'no broker' }]]);
    assert.deepEqual(judgeReadiness([{ ...group, ready: [ill] }], false).lines, [
      '[-] echo: 0 of 2 workers ready; no broker',
    ]);
  });
});
