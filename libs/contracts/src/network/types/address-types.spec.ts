import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOrCidr } from './address-types.js';

describe('networks and addresses in actions of address groups', () => {
  it('one address is a network of its own, as netaddr reads it', () => {
    for (const [given, read] of [
      ['10.0.0.1', '10.0.0.1/32'],
      ['2001:db8::1', '2001:db8::1/128'],
      ['10.0.0.1/24', '10.0.0.1/24'],
    ]) {
      assert.equal(addressOrCidr.convert?.(given), read);
      assert.equal(addressOrCidr.refuse(read), undefined);
    }
    assert.ok(addressOrCidr.refuse(addressOrCidr.convert?.('this is bad IP address')));
  });
});
