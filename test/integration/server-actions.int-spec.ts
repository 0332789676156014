import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ActionsRun } from '../actions/actions-run.js';

/** A sample; more of them by `npm run chaos:actions`. */
const SERVERS = 16;

describe('random actions of several clients', () => {
  let run: ActionsRun;
  before(async () => {
    run = await ActionsRun.start();
  });
  after(() => run?.stop());

  it("are answered and end as nova's table of states says, and leave nothing behind", async () => {
    const { requests, refused, faults } = await run.run(20_261_129, SERVERS);
    assert.deepEqual(faults, []);
    assert.ok(
      requests > SERVERS * 5 && refused > 0 && refused < requests / 2,
      `${requests} requests, ${refused} refused`,
    );
  });
});
