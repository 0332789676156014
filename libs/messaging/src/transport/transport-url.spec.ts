import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessagingError } from '../errors.js';
import { parseTransportUrl } from './transport-url.js';

describe('parseTransportUrl', () => {
  it('reads several hosts with their credentials, a virtual host and options', () => {
    const url = parseTransportUrl('rabbit://a:p%40ss@h1:5673,b:q@[::1]//peers?ssl=1&ssl_ca_file=/ca?1');
    assert.ok(url.driver === 'rabbit');
    assert.deepEqual(url.hosts, [
      { hostname: 'h1', port: 5673, username: 'a', password: 'p@ss' },
      { hostname: '::1', port: 5672, username: 'b', password: 'q' },
    ]);
    assert.equal(url.virtualHost, '/peers');
    assert.equal(url.query, 'ssl=1&ssl_ca_file=/ca?1');
  });

  it('has defaults', () => {
    const url = parseTransportUrl('rabbit://');
    assert.ok(url.driver === 'rabbit');
    assert.deepEqual(url.hosts, [{ hostname: 'localhost', port: 5672, username: 'guest', password: 'guest' }]);
    assert.equal(url.virtualHost, '/');
    assert.deepEqual(parseTransportUrl('memory://'), { driver: 'memory', name: '' });
  });

  it('refuses what it cannot read, without showing a password', () => {
    for (const text of ['', 'kafka://h', 'rabbit://u:secret@h:99999/', 'rabbit://u:secret@:/', 'rabbit://u:%zz@h']) {
      assert.throws(
        () => parseTransportUrl(text),
        (error) => error instanceof MessagingError && !error.message.includes('secret'),
        text,
      );
    }
  });
});
