import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soakReloads } from '../soak/reload-soak.js';

describe('five rolling reloads under 64 keep-alive connections', () => {
  it('fail no request and leave nothing behind in the parent', async () => {
    const { failures, before, after, exitCode } = await soakReloads(5, 64);
    assert.deepEqual(failures, []);
    assert.equal(exitCode, 0);
    assert.equal(after.children, before.children);
    assert.equal(after.sockets, before.sockets);
    assert.ok(after.descriptors <= before.descriptors, `${before.descriptors} to ${after.descriptors} descriptors`);
  });
});
