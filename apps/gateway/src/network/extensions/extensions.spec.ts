import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkResources } from '#libs/contracts';
import { absentDefinitions } from './absent-definitions.js';
import { extensionsOf } from './extensions.js';

describe('extensions', () => {
  it('are listed once each, without what is not there', () => {
    const aliases = extensionsOf(networkResources).map((one) => one.alias);
    assert.deepEqual(aliases, [...new Set(aliases)].toSorted());
    const absent = absentDefinitions.flatMap((one) => one.aliases);
    assert.deepEqual(
      absent.filter((alias) => aliases.includes(alias)),
      [],
    );
    assert.equal(new Set(absent).size, absent.length);
  });
});
