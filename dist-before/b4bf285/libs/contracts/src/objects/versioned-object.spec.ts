import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IncompatibleObjectError, objectType } from './versioned-object.js';

interface Star {
  readonly name: string;
}

describe('objectType', () => {
  const current = objectType<Star>('Star', '1.1');

  it('opens what it wrapped, and a newer minor version of it', () => {
    assert.deepEqual(current.unwrap(current.wrap({ name: 'Albireo' })), { name: 'Albireo' });
    const newer = objectType<Star & { colour: string }>('Star', '1.7').wrap({ name: 'Albireo', colour: 'amber' });
    assert.equal(current.unwrap(newer).name, 'Albireo');
  });

  it('refuses another major version and another object', () => {
    assert.throws(() => current.unwrap(objectType<Star>('Star', '2.0').wrap({ name: 'x' })), IncompatibleObjectError);
    assert.throws(() => current.unwrap(objectType<Star>('Star', '11.0').wrap({ name: 'x' })), IncompatibleObjectError);
    assert.throws(() => current.unwrap(objectType<Star>('Planet', '1.1').wrap({ name: 'x' })), /expected object Star/);
  });
});
