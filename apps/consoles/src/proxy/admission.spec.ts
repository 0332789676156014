import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { originFault } from './console-proxy.js';
import { tokenOf } from './console-proxy.js';

const request = (url: string, cookie?: string): IncomingMessage =>
  ({ url, headers: cookie === undefined ? {} : { cookie } }) as IncomingMessage;

describe('the token of a request', () => {
  it('is found in the query, else in a cookie', () => {
    assert.equal(tokenOf(request('/?token=abc')), 'abc');
    assert.equal(tokenOf(request('/websockify?x=1&token=first&token=abc')), 'abc');
    assert.equal(tokenOf(request('/websockify', 'a=b; token="abc"')), 'abc');
    assert.equal(tokenOf(request('/websockify', 'token=abc; token=def')), 'def');
    assert.equal(tokenOf(request('/?token=abc', 'token=other')), 'abc');
    assert.equal(tokenOf(request('/')), '');
  });
});

describe('the origin of a request', () => {
  const accessUrlBase = 'https://cloud.example:6080/vnc_auto.html';
  const fault = (headers: Record<string, string>, base = accessUrlBase, allowed: string[] = []): string | undefined =>
    originFault({ host: 'cloud.example:6080', ...headers }, { allowed, accessUrlBase: base });

  it('must be that of the page, by host and scheme', () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({ origin: 'https://cloud.example:6080' }), undefined);
    assert.equal(fault({ origin: 'https://evil.example' }), 'Origin header does not match this host.');
    assert.equal(fault({ origin: 'https://evil.example' }, accessUrlBase, ['evil.example']), undefined);
    assert.equal(fault({ origin: 'http://cloud.example' }), 'Origin header protocol does not match this host.');
    assert.equal(fault({ origin: 'null' }), 'Origin header not valid.');
  });

  it('has the scheme that a proxy in front tells', () => {
    assert.equal(fault({ origin: 'http://cloud.example', 'x-forwarded-proto': 'https' }), undefined);
  });

  it('of a page fits a socket as safe as it is', () => {
    assert.equal(fault({ origin: 'http://cloud.example' }, 'ws://cloud.example:6083/'), undefined);
    assert.equal(fault({ origin: 'https://cloud.example' }, 'wss://cloud.example:6083/'), undefined);
    assert.notEqual(fault({ origin: 'http://cloud.example' }, 'wss://cloud.example:6083/'), undefined);
  });
});
