import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../attack/play.js';
import { FORMS } from '../attack/target.js';

// Both at once, each with a sample of its own: together they play as much as one with twice the number.
describe('a sample of the attacks', { concurrency: true }, () => {
  for (const [place, form] of FORMS.entries()) {
    it(`finds nothing in the form ${form}`, async () => {
      const found: string[] = [];
      for await (const { attack, tried, findings } of play(form, { full: false, seed: 1 + place })) {
        assert.ok(tried > 0, `${attack} tried nothing`);
        found.push(...findings.map((finding) => `${attack}: ${finding}`));
      }
      assert.deepEqual(found, []);
    });
  }
});
