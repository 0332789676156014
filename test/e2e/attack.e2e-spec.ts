import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../attack/play.js';
import { FORMS } from '../attack/target.js';

describe('a sample of the attacks', () => {
  for (const form of FORMS) {
    it(`finds nothing in the form ${form}`, async () => {
      const played = await play(form, { full: false, seed: 1 });
      assert.deepEqual(
        played.flatMap(({ attack, findings }) => findings.map((finding) => `${attack}: ${finding}`)),
        [],
      );
      for (const { attack, tried } of played) assert.ok(tried > 0, `${attack} tried nothing`);
    });
  }
});
