import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestNetworkState } from '../state/host-network.js';
import { bareNetwork } from '../testing/guest-network.js';
import { answerLocally, readQuestion } from './dns-answer.js';

const network: GuestNetworkState = {
  ...bareNetwork,
  dnsRecords: [{ name: 'web', address: '10.0.0.5' }],
};

function query(name: string, type = 1): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([
    Buffer.from('1234010000010000000000 00'.replace(' ', ''), 'hex'),
    ...labels,
    Buffer.from([0, 0, type, 0, 1]),
  ]);
}

const answer = (name: string, type?: number): Buffer | null => {
  const packet = query(name, type);
  const question = readQuestion(packet);
  assert.ok(question !== null);
  return answerLocally(packet, question, network, 'novalocal');
};

describe('names of a network', () => {
  it('are those of its ports, below its domain and alone, in any case', () => {
    for (const name of ['web', 'WEB.novalocal', 'host-10-0-0-5.novalocal']) {
      assert.match(answer(name)?.toString('hex') ?? '', /^12348580.*00040a000005$/);
    }
    assert.match(answer('5.0.0.10.in-addr.arpa', 12)?.toString('latin1') ?? '', /web.novalocal.$/s);
  });

  it('have no address of the other IP version, and are unknown when they are not there', () => {
    assert.match(answer('web', 28)?.toString('hex') ?? '', /^123485800001000000000000/);
    assert.match(answer('other.novalocal')?.toString('hex') ?? '', /^12348583/);
  });

  it('are for others to answer when they lie elsewhere', () => {
    assert.equal(answer('example.org'), null);
    assert.equal(answer('8.8.8.8.in-addr.arpa', 12), null);
  });

  it('are asked for in a whole question', () => {
    const packet = query('web');
    for (let length = 0; length < packet.length; length += 1)
      assert.equal(readQuestion(packet.subarray(0, length)), null);
  });
});
