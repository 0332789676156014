import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flavorData } from '../../edge/testing/server-data.js';
import { flavorDetail, flavorSummary } from './flavor-views.js';
import type { FlavorView } from './flavor-views.js';

const links: FlavorView['links'] = Object.assign(Object.create(null), { both: () => [] });
const view = (version: number, showExtraSpecs = true): FlavorView => ({ version, links, showExtraSpecs });

describe('the view of a flavor', () => {
  it('has a description from 2.55 and extra specs from 2.61 on, if the policy lets', () => {
    assert.equal('description' in flavorDetail(flavorData(), view(54)), false);
    assert.equal('description' in flavorDetail(flavorData(), view(55)), true);
    assert.equal('description' in flavorSummary(flavorData(), view(55)), true);
    assert.equal('extra_specs' in flavorDetail(flavorData(), view(60)), false);
    assert.deepEqual(flavorDetail(flavorData(), view(61))['extra_specs'], { 'hw:cpu_policy': 'shared' });
    assert.equal('extra_specs' in flavorDetail(flavorData(), view(61, false)), false);
  });

  it('writes no swap as an empty text until 2.74', () => {
    assert.equal(flavorDetail(flavorData(), view(74))['swap'], '');
    assert.equal(flavorDetail(flavorData(), view(75))['swap'], 0);
    assert.equal(flavorDetail(flavorData({ swap: 64 }), view(1))['swap'], 64);
  });
});
