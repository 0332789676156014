import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatAddress,
  parseAddress,
  contains,
  formatCidr,
  hostRange,
  isHostAddress,
  parseCidr,
  eui64Address,
  generateMac,
} from './address.js';
import { defaultPools, nthAddress, parsePools, poolOf, poolSize, refuseGatewayInPools } from './allocation-pools.js';
import { randomBelow } from './allocate-address.js';

const cidr = (text: string) => parseCidr(text)!;
const address = (text: string) => parseAddress(text)!;
const pools = (network: string, gateway: string | null) =>
  defaultPools(cidr(network), gateway === null ? null : address(gateway)).map(poolOf);

describe('addresses', () => {
  it('are read in their plain forms only', () => {
    for (const text of [
      '',
      '10.1',
      '010.0.0.1',
      '0x0a000001',
      '10.0.0.256',
      '1.2.3.4 ',
      'fe80::1%eth0',
      ':::',
      '1.2.3.4.5',
      '٣.0.0.1',
    ]) {
      assert.equal(parseAddress(text), null, text);
    }
  });

  it('are written in the canonical form', () => {
    for (const [text, canonical] of [
      ['10.0.0.1', '10.0.0.1'],
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['::', '::'],
      ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ] as const) {
      assert.equal(formatAddress(address(text)), canonical);
    }
  });

  it('of a CIDR are its hosts, but for network and broadcast', () => {
    assert.equal(formatCidr(cidr('10.0.0.77/24')), '10.0.0.0/24');
    for (const text of ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/-1', 'x/24', '10.0.0.0/24/24']) {
      assert.equal(parseCidr(text), null, text);
    }
    const hosts = (text: string) => hostRange(cidr(text)).last - hostRange(cidr(text)).first + 1n;
    assert.deepEqual(['10.0.0.0/24', '10.0.0.0/31', '10.0.0.0/32', '2001:db8::/126'].map(hosts), [254n, 2n, 1n, 3n]);
    assert.equal(isHostAddress(cidr('10.0.0.0/24'), address('10.0.0.255')), false);
    assert.equal(isHostAddress(cidr('10.0.0.0/31'), address('10.0.0.1')), true);
    assert.equal(contains(cidr('10.0.0.0/24'), address('::a00:1')), false);
  });

  it('of hosts are made of their MAC as RFC 4291 says', () => {
    const made = eui64Address(cidr('2001:db8::/64'), '34:56:78:9a:bc:de');
    assert.equal(formatAddress(made), '2001:db8::3656:78ff:fe9a:bcde');
  });
});

describe('pools', () => {
  it('are all hosts around the gateway', () => {
    assert.deepEqual(pools('10.0.0.0/24', '10.0.0.1'), [{ start: '10.0.0.2', end: '10.0.0.254' }]);
    assert.deepEqual(pools('10.0.0.0/24', '10.0.0.254'), [{ start: '10.0.0.1', end: '10.0.0.253' }]);
    assert.deepEqual(pools('10.0.0.0/29', '10.0.0.3'), [
      { start: '10.0.0.1', end: '10.0.0.2' },
      { start: '10.0.0.4', end: '10.0.0.6' },
    ]);
    assert.deepEqual(pools('10.0.0.0/32', null), [{ start: '10.0.0.0', end: '10.0.0.0' }]);
    assert.deepEqual(pools('2001:db8::/64', '2001:db8::1'), [
      { start: '2001:db8::2', end: '2001:db8::ffff:ffff:ffff:ffff' },
    ]);
  });

  it('of a client are ranges of the subnet that do not overlap', () => {
    const parse = (...ranges: string[]) =>
      parsePools(
        cidr('10.0.0.0/24'),
        ranges.map((range) => ({ start: range.split('-')[0]!, end: range.split('-')[1]! })),
      );
    assert.equal(poolSize(parse('10.0.0.20-10.0.0.29', '10.0.0.5-10.0.0.9')), 15n);
    assert.throws(() => parse('10.0.0.5-10.0.0.9', '10.0.0.9-10.0.0.12'), {
      code: 'OverlappingAllocationPools',
      message: 'Found overlapping allocation pools: 10.0.0.5-10.0.0.9 10.0.0.9-10.0.0.12 for subnet 10.0.0.0/24.',
    });
    assert.throws(() => parse('10.0.0.5-10.0.1.9'), { code: 'OutOfBoundsAllocationPool' });
    assert.throws(() => parse('10.0.0.9-10.0.0.5'), { code: 'InvalidAllocationPool' });
    assert.throws(() => parse('::1-::5'), { code: 'InvalidAllocationPool' });
    assert.throws(() => refuseGatewayInPools(address('10.0.0.7'), parse('10.0.0.5-10.0.0.9')), {
      code: 'GatewayConflictWithAllocationPools',
    });
  });

  it('number their addresses through', () => {
    const ranges = defaultPools(cidr('10.0.0.0/29'), address('10.0.0.3'));
    const all = Array.from({ length: 5 }, (_, n) => formatAddress(nthAddress(ranges, BigInt(n))));
    assert.deepEqual(all, ['10.0.0.1', '10.0.0.2', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
    assert.throws(() => nthAddress(ranges, 5n), RangeError);
  });
});

describe('MAC addresses and random numbers', () => {
  it('are made under a base', () => {
    assert.match(generateMac('fa:16:3e:00:00:00'), /^fa:16:3e(:[0-9a-f]{2}){3}$/);
    assert.match(generateMac('fa:16:3e:4f:00:00'), /^fa:16:3e:4f(:[0-9a-f]{2}){2}$/);
  });

  it('stay below their bound', () => {
    for (let n = 0; n < 200; n += 1) assert.ok(randomBelow(3n) < 3n && randomBelow(2n ** 128n) < 2n ** 128n);
  });
});
