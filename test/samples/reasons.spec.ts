import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { known } from './known-differences.js';
import { reasons } from './reasons.js';

const lines = Object.entries(known()).flatMap(([api, samples]) =>
  Object.entries(samples).flatMap(([sample, differences]) =>
    differences.map((difference) => ({ sample: `${api}/${sample}`, difference })),
  ),
);
const reasonOf = ({ sample, difference }: (typeof lines)[number]): number =>
  reasons.findIndex((reason) => reason.sample.test(sample) && reason.difference.test(difference));

describe('known differences from samples', () => {
  it('have a reason, each', () => {
    assert.deepEqual(
      lines.filter((line) => reasonOf(line) < 0).map(({ sample, difference }) => `${sample} ${difference}`),
      [],
    );
  });

  it('are what each reason is there for', () => {
    const used = new Set(lines.map(reasonOf));
    assert.deepEqual(
      reasons.filter((_, at) => !used.has(at)).map(({ sample, why }) => `${String(sample)} ${why}`),
      [],
    );
  });
});
