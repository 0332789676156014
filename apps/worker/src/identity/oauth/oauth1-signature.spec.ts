import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { ExpectedError } from '#libs/contracts';
import { requireSignature } from './oauth1-signature.js';

const now = String(Math.floor(Date.now() / 1000));
const parameters = {
  realm: 'Photos',
  oauth_consumer_key: 'dpf43f3p2l4k3l03',
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: now,
  oauth_nonce: 'wIjqoxSZ',
  oauth_callback: 'http://printer.example.com/ready',
};
const base =
  'POST&https%3A%2F%2Fphotos.example.net%2Finitiate&a%3Db%2520c%26oauth_callback%3Dhttp%253A%252F%252Fprinter.example.com%252Fready' +
  `%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DwIjqoxSZ%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D${now}`;
const signature = createHmac('sha1', 'kd94hf93k423kf44&').update(base).digest('base64');
const url = 'HTTPS://Photos.example.net:443/initiate';
const query = ['a=b%20c'];

function isGood(changes: Readonly<Record<string, string>> = {}, secret = 'kd94hf93k423kf44'): boolean {
  try {
    const given = { ...parameters, oauth_signature: signature, ...changes };
    requireSignature({ url, query, parameters: given }, secret, '');
    return true;
  } catch (error) {
    assert.ok(error instanceof ExpectedError && error.status === 401);
    return false;
  }
}

describe('requireSignature', () => {
  it("takes a request signed as RFC 5849's example", () => assert.ok(isGood()));

  it('takes the secrets themselves as PLAINTEXT, as keystone does', () => {
    const plain = { oauth_signature_method: 'PLAINTEXT', oauth_signature: 'kd94hf93k423kf44&' };
    assert.ok(isGood(plain));
    assert.ok(!isGood(plain, 'other'));
  });

  it('refuses another secret, another parameter, an old time and a method that there is not', () => {
    assert.ok(!isGood({}, 'other'));
    assert.ok(!isGood({ oauth_callback: 'oob' }));
    assert.ok(!isGood({ oauth_signature: '' }));
    assert.ok(!isGood({ oauth_timestamp: '137131200' }));
    assert.ok(!isGood({ oauth_signature_method: 'RSA-SHA1' }));
    assert.ok(!isGood({ oauth_nonce: '' }));
  });
});
