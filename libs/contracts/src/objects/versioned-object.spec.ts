import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as contracts from '../index.js';
import { RoleObject, identityContract } from '../index.js';
import { backportObjects, IncompatibleObjectError, objectType, pageType } from './versioned-object.js';
import type { ObjectType } from './versioned-object.js';

function isObjectType(value: unknown): value is Pick<ObjectType<object>, 'name' | 'version' | 'changes'> {
  return typeof value === 'object' && value !== null && 'wrap' in value && 'changes' in value;
}

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

  it('fills in what an older minor version does not have, in pages too, and nothing that is there', () => {
    interface Moon extends Star {
      readonly craters: readonly string[];
      readonly phase: string | null;
    }
    const Moon = objectType<Moon>('Moon', '1.2', [
      { version: '1.1', contract: '1.1', adds: ['craters'], missing: { craters: [] } },
      { version: '1.2', contract: '1.2', adds: ['phase'], missing: { phase: null } },
    ]);
    const old = (version: string, data: object) =>
      ({ 'albireo_object.name': 'Moon', 'albireo_object.version': version, 'albireo_object.data': data }) as never;
    assert.deepEqual(Moon.unwrap(old('1.0', { name: 'Io' })), { name: 'Io', craters: [], phase: null });
    const one = { name: 'Io', craters: ['Loki'] };
    assert.deepEqual(Moon.unwrap(old('1.1', one)), { ...one, phase: null });
    const page = {
      ...(old('1.0', { objects: [{ name: 'Io' }, one], next_marker: null }) as object),
      'albireo_object.name': 'MoonPage',
    } as never;
    assert.deepEqual(pageType(Moon).unwrap(page).objects, [
      { name: 'Io', craters: [], phase: null },
      { ...one, phase: null },
    ]);
  });

  it('refuses another major version and another object', () => {
    assert.throws(() => current.unwrap(objectType<Star>('Star', '2.0').wrap({ name: 'x' })), IncompatibleObjectError);
    assert.throws(() => current.unwrap(objectType<Star>('Star', '11.0').wrap({ name: 'x' })), IncompatibleObjectError);
    assert.throws(() => current.unwrap(objectType<Star>('Planet', '1.1').wrap({ name: 'x' })), /expected object Star/);
  });
});

describe('backportObjects', () => {
  interface Comet {
    readonly name: string;
    readonly tail?: number;
    readonly state: string;
  }
  const Comet = objectType<Comet>('Comet', '1.2', [
    { version: '1.1', contract: '1.3', adds: ['tail'] },
    {
      version: '1.2',
      contract: '1.4',
      backport: (comet) => (comet.state === 'dim' ? { ...comet, state: 'dark' } : comet),
    },
  ]);
  const CometPage = pageType(Comet);
  const halley = { name: 'Halley', tail: 7, state: 'dim' };
  const asked = (version: string): unknown => backportObjects(identityContract, version, Comet.wrap(halley));
  const data = (object: unknown): unknown => [
    Reflect.get(Object(object), 'albireo_object.version'),
    Reflect.get(Object(object), 'albireo_object.data'),
  ];

  it('takes away what versions of the contract after the one that was asked for brought', () => {
    assert.deepEqual(data(asked('1.4')), ['1.2', halley]);
    assert.deepEqual(data(asked('1.3')), ['1.1', { name: 'Halley', tail: 7, state: 'dark' }]);
    assert.deepEqual(data(asked('1.0')), ['1.0', { name: 'Halley', state: 'dark' }]);
    assert.deepEqual(halley, { name: 'Halley', tail: 7, state: 'dim' });
  });

  it('does so in pages, and leaves alone what is no object', () => {
    const page = backportObjects(identityContract, '1.2', CometPage.wrap({ objects: [halley], next_marker: 'm' }));
    assert.deepEqual(data(page), ['1.0', { objects: [{ name: 'Halley', state: 'dark' }], next_marker: 'm' }]);
    assert.equal(Reflect.get(Object(page), 'albireo_object.name'), 'CometPage');
    for (const result of [null, 'x', [1], { a: 1 }])
      assert.equal(backportObjects(identityContract, '1.0', result), result);
  });

  it('knows how to go back from every version of every object of the contracts', () => {
    const types = Object.values<unknown>(contracts).filter(isObjectType);
    assert.ok(types.length > 20);
    assert.equal(new Set(types.map(({ name }) => name)).size, types.length, 'names are given once');
    for (const { name, version, changes } of types) {
      const minor = Number(version.split('.')[1]);
      const wanted = Array.from({ length: minor }, (_, index) => `1.${index + 1}`);
      assert.deepEqual(
        changes.map((change) => change.version),
        wanted,
        name,
      );
    }
  });

  it('gives a role to an old gateway as it was', () => {
    const role = RoleObject.wrap({ id: 'r', name: 'member', domain_id: null, options: { immutable: true }, extra: {} });
    assert.deepEqual(data(backportObjects(identityContract, '1.0', role)), [
      '1.0',
      { id: 'r', name: 'member', domain_id: null },
    ]);
  });
});
