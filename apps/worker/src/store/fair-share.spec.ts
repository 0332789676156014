import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FairShare } from './fair-share.js';

/** Work that runs until the test ends it. */
function held(): { work: () => Promise<void>; end: () => void; begun: () => boolean } {
  let end: () => void = () => undefined;
  let begun = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = (): Promise<void> => {
    begun = true;
    return ended;
  };
  return { work, end, begun: () => begun };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a fair share', () => {
  it('lets one owner wait behind itself, and others pass', async () => {
    const share = new FairShare({ total: 2, perOwner: 1 });
    const [first, second, other, third] = [held(), held(), held(), held()];
    const runs = [
      share.run('a', first.work),
      share.run('a', second.work),
      share.run('b', other.work),
      share.run('c', third.work),
    ];
    await turn();
    assert.deepEqual(
      [first, second, other, third].map((each) => each.begun()),
      [true, false, true, false],
    );
    other.end();
    await turn();
    assert.deepEqual([second.begun(), third.begun()], [false, true]);
    first.end();
    await turn();
    assert.equal(second.begun(), true);
    second.end();
    third.end();
    await Promise.all(runs);
  });

  it('gives up after its longest wait, and lets nothing go astray', async () => {
    const share = new FairShare({ total: 1, perOwner: 1, maxWaitMs: 5, busy: () => new RangeError('busy') });
    const first = held();
    const run = share.run('a', first.work);
    await assert.rejects(
      share.run('b', async () => undefined),
      { name: 'RangeError', message: 'busy' },
    );
    first.end();
    await run;
    assert.equal(await share.run('b', async () => 7), 7);
  });

  it('is given back by work that fails', async () => {
    const share = new FairShare({ perOwner: 1 });
    await assert.rejects(
      share.run('a', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await share.run('a', async () => 1), 1);
  });
});
