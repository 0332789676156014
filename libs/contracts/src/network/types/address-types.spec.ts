import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOrCidr, rulePrefix } from './address-types.js';

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

describe('prefixes of rules', () => {
  it('are told as netaddr writes them', () => {
    for (const [given, read] of [
      ['2001:558:FC00::/39', '2001:558:fc00::/39'],
      ['2001:DB8:0::1', '2001:db8::1/128'],
      ['10.0.0.5/24', '10.0.0.5/24'],
      ['10.0.0.5', '10.0.0.5/32'],
      ['', null],
      ['a/b/c', 'a/b/c'],
    ]) {
      assert.equal(rulePrefix(given), read);
    }
  });
});
