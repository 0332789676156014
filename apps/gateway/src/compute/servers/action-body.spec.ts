import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actionOf } from '#libs/contracts';
import type { ServerActionName } from '#libs/contracts';
import { readActionBody } from './action-body.js';

const IMAGE = '11111111-2222-4333-8444-555555555555';

/** Whether nova accepts the value under the action's key in the microversion. */
function accepts(name: ServerActionName, value: unknown, version: number): boolean {
  try {
    readActionBody(actionOf(name), value, version);
    return true;
  } catch (error) {
    assert.match(String(error), /Fault|InvalidBody|Invalid|required|not/);
    return false;
  }
}

describe('the body of an action of a server', () => {
  it('names what a microversion requires of a migration and an evacuation', () => {
    const live = { host: null, block_migration: false };
    for (const [value, version, expected] of [
      [live, 24, false],
      [{ ...live, disk_over_commit: false }, 24, true],
      [{ ...live, block_migration: 'auto', disk_over_commit: false }, 24, false],
      [live, 25, true],
      [{ ...live, block_migration: 'auto' }, 25, true],
      [{ ...live, host: 'a b' }, 25, false],
      [{ ...live, host: '::1' }, 25, false],
    ] as const) {
      assert.equal(accepts('migrate_live', value, version), expected, `${JSON.stringify(value)} in 2.${version}`);
    }
    assert.equal(accepts('evacuate', {}, 13), false);
    assert.equal(accepts('evacuate', { onSharedStorage: false }, 13), true);
    assert.equal(accepts('evacuate', {}, 14), true);
    assert.equal(accepts('evacuate', { host: 'a b' }, 14), false);
    assert.equal(accepts('migrate', { host: 'h1.example' }, 56), true);
    assert.equal(accepts('migrate', { host: 'a b' }, 56), false);
  });

  it('takes null, a zone or a host to unshelve, each in its microversions', () => {
    for (const [value, versions] of [
      [null, [76, 77, 91]],
      [{}, [76, 91]],
      [{ availability_zone: 'nova' }, [76, 77, 91]],
      [{ availability_zone: null }, [76, 91]],
      [{ availability_zone: ' a ' }, [76, 91]],
      [{ host: 'h1' }, [76, 91]],
    ] as const) {
      const found = [76, 77, 91].filter((version) => accepts('unshelve', value, version));
      assert.deepEqual(found, versions, JSON.stringify(value));
    }
  });

  it('checks what a rebuild sets as a create does', () => {
    const rebuild = (more: object, version: number) => accepts('rebuild', { imageRef: IMAGE, ...more }, version);
    assert.equal(rebuild({ accessIPv4: '10.0.0.1', accessIPv6: 'fe80::1' }, 1), true);
    for (const accessIPv4 of ['', 'abc', '::1']) assert.equal(rebuild({ accessIPv4 }, 1), false, accessIPv4);
    assert.equal(rebuild({ accessIPv6: '10.0.0.1' }, 1), false);
    assert.equal(rebuild({ personality: ['a'] }, 56), false);
    assert.equal(rebuild({ personality: [{ path: '/a', contents: 'YQ==' }] }, 56), true);
    assert.equal(rebuild({ user_data: 'abc' }, 57), false);
    assert.equal(rebuild({ user_data: 'YQ==' }, 57), true);
    assert.equal(rebuild({ hostname: 'vm.example.org' }, 93), false);
    assert.equal(rebuild({ hostname: 'vm.example.org' }, 94), true);
    assert.equal(rebuild({ description: 'two\nlines' }, 19), false);
    assert.equal(rebuild({ name: '\u{1F600}' }, 1), false);
  });

  it('is null for a crash dump', () => {
    assert.equal(accepts('trigger_crash_dump', null, 17), true);
    for (const value of ['', {}, [], true, 1]) assert.equal(accepts('trigger_crash_dump', value, 17), false);
  });
});
