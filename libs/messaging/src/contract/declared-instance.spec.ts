import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InheritedNameError, Nested, ReadAs, readInstance } from './declared-instance.js';
import { lowestFor, newerField, OptionalSince, Since } from './since.decorator.js';

class Moon {
  name!: string;
  @Since('1.2') radius?: number;
}

class Body {
  @Nested(() => Moon) moons?: readonly Moon[] | 'none';
}

class Planet extends Body {
  @ReadAs((value) => (typeof value === 'number' ? String(value) : value)) name!: string;
  @Nested(() => Moon) largest?: Moon;
  @OptionalSince('1.1') star?: string | null;
  @Since('1.1') rings?: number | null;
  extra?: Readonly<Record<string, unknown>>;
}

const parsed = (text: string): object => JSON.parse(text) as object;

describe('readInstance', () => {
  it('makes instances of a class, of its nested ones and of those in lists, and leaves the rest as it is', () => {
    const planet = readInstance(
      Planet,
      parsed('{"name":7,"moons":[{"name":"Io"}],"largest":{"name":"Io"},"extra":{"a":[1]},"odd":1}'),
    );
    assert.ok(planet instanceof Planet);
    assert.ok(planet.largest instanceof Moon);
    assert.ok(Array.isArray(planet.moons) && planet.moons[0] instanceof Moon);
    assert.deepEqual(Object.keys(planet), ['name', 'moons', 'largest', 'extra', 'odd']);
    assert.equal(planet.name, '7');
    assert.deepEqual(planet.extra, { a: [1] });
  });

  it('leaves what is no object for the checks', () => {
    const planet = readInstance(Planet, parsed('{"moons":"none","largest":null}'));
    assert.equal(planet.moons, 'none');
    assert.equal(planet.largest, null);
    assert.deepEqual(readInstance(Planet, parsed('{"moons":[1,"x",null]}')).moons, [1, 'x', null]);
  });

  it('makes a text of a list inside a list of objects, since class-validator would check nothing of it', () => {
    const planet = readInstance(Planet, parsed('{"moons":[[],[{"name":"Io"}]]}'));
    assert.deepEqual(planet.moons, ['[]', '[{"name":"Io"}]']);
  });

  it('refuses names that every object has, at any depth of its classes', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.throws(() => readInstance(Planet, parsed(`{"${key}":{}}`)), InheritedNameError);
      const nested = parsed(`{"moons":[{"name":"Io"},{"${key}":1}]}`);
      assert.throws(() => readInstance(Planet, nested), { message: `property moons.1.${key} should not exist` });
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
});

describe('newerField', () => {
  const star = 'Sun';

  it('names what an older version does not know, in nested objects, too', () => {
    assert.equal(newerField(Planet, { star }, '1.0'), undefined);
    assert.deepEqual(newerField(Planet, { star, rings: 1 }, '1.0'), { field: 'rings', since: '1.1' });
    assert.deepEqual(newerField(Planet, { star, rings: null }, '1.0'), { field: 'rings', since: '1.1' });
    assert.deepEqual(newerField(Planet, { star, moons: [{}, { radius: 1 }] }, '1.1'), {
      field: 'moons.radius',
      since: '1.2',
    });
    assert.equal(newerField(Planet, { star, rings: 1, moons: [{ radius: 1 }] }, '1.2'), undefined);
  });

  it('names what an older version must have', () => {
    assert.deepEqual(newerField(Planet, {}, '1.0'), { field: 'star', since: '1.1' });
    assert.deepEqual(newerField(Planet, { star: null }, '1.0'), { field: 'star', since: '1.1' });
    assert.equal(newerField(Planet, {}, '1.1'), undefined);
  });
});

describe('lowestFor', () => {
  it('is the version that brought the latest of the fields that are set', () => {
    const star = 'Sun';
    assert.equal(lowestFor(null, null, '1.0'), '1.0');
    assert.equal(lowestFor(Planet, { star }, '1.0'), '1.0');
    assert.equal(lowestFor(Planet, {}, '1.0'), '1.1');
    assert.equal(lowestFor(Planet, { star, rings: 1, moons: [{ radius: 1 }] }, '1.0'), '1.2');
    assert.equal(lowestFor(Planet, { star }, '1.4'), '1.4');
  });
});
