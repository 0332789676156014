import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConnectionUrl } from './connection-url.js';

const hostsOf = (url: string): string[] => parseConnectionUrl(url).hosts.map(({ host, port }) => `${host} ${port}`);

describe('the URL of [database] connection', () => {
  it('names user, password and database, percent-encoded or not at all', () => {
    const { user, password, database } = parseConnectionUrl('postgresql+psycopg2://me:p%40ss%2F+%3A@db/my%20cloud');
    assert.deepEqual([user, password, database], ['me', 'p@ss/+:', 'my cloud']);
    const bare = parseConnectionUrl('postgres://db');
    assert.deepEqual([bare.user, bare.password, bare.database], [undefined, undefined, undefined]);
  });

  it('names one or several hosts, in all of libpq’s forms', () => {
    assert.deepEqual(hostsOf('postgresql://u@db/x'), ['db 5432']);
    assert.deepEqual(hostsOf('postgresql://u@a:1,b:2,c/x'), ['a 1', 'b 2', 'c 5432']);
    assert.deepEqual(hostsOf('postgresql://u@[::1]:5433,[fe80::1]/x'), ['::1 5433', 'fe80::1 5432']);
    assert.deepEqual(hostsOf('postgresql:///x?host=a,b&port=1,2'), ['a 1', 'b 2']);
    assert.deepEqual(hostsOf('postgresql:///x?host=a,b&port=7'), ['a 7', 'b 7']);
    assert.deepEqual(hostsOf('postgresql://%2Fvar%2Frun%2Fpostgresql/x'), ['/var/run/postgresql 5432']);
    assert.deepEqual(hostsOf('postgresql:///x?host=/run'), ['/run 5432']);
    assert.deepEqual(hostsOf('postgresql://db/x?hostaddr=10.0.0.9'), ['10.0.0.9 5432']);
    assert.deepEqual(hostsOf('postgresql:///x'), ['localhost 5432']);
  });

  it('wants a server that takes changes, unless it says otherwise', () => {
    const attrs = (url: string): string => parseConnectionUrl(url).targetSessionAttrs;
    assert.equal(attrs('postgresql://a/x'), 'read-write');
    assert.equal(attrs('postgresql://a,b/x'), 'read-write');
    assert.equal(attrs('postgresql://a,b/x?target_session_attrs=any'), 'any');
    assert.equal(attrs('postgresql://a/x?target_session_attrs=primary'), 'primary');
    assert.throws(() => attrs('postgresql://a,b/x?target_session_attrs=standby'), { code: 'ConnectionInvalid' });
  });

  it('has libpq’s limits, keepalives and words for the session', () => {
    const { connectTimeoutMs, keepaliveIdleMs, applicationName, options } = parseConnectionUrl(
      'postgresql://a/x?connect_timeout=7&keepalives_idle=30&application_name=mine&options=-c%20work_mem%3D8MB',
    );
    assert.deepEqual([connectTimeoutMs, keepaliveIdleMs], [7_000, 30_000]);
    assert.deepEqual([applicationName, options], ['mine', '-c work_mem=8MB']);
    const plain = parseConnectionUrl('postgresql://a/x?connect_timeout=1&gssencmode=disable');
    assert.deepEqual([plain.connectTimeoutMs, plain.keepaliveIdleMs], [2_000, 10_000]);
    assert.equal(parseConnectionUrl('postgresql://a/x?connect_timeout=0').connectTimeoutMs, undefined);
    assert.equal(parseConnectionUrl('postgresql://a/x?keepalives=0').keepaliveIdleMs, null);
  });

  it('tells what it does not know, and never the password', () => {
    for (const [url, expected] of [
      ['postgresql://u:geheim@a/x?service=cloud', /"service" is not known/],
      ['postgresql://u:geheim@a/x?sslmod=require', /"sslmod" is not known/],
      ['postgresql://u:geheim@a/x?connect_timeout=soon', /connect_timeout: expected seconds, found "soon"/],
      ['postgresql://u:geheim@a:99999/x', /"99999" is no port/],
      ['postgresql://u:geheim@a,b/x?port=1,2,3', /3 ports for 2 hosts/],
      ['postgresql://u:geheim%zz@a/x', /write %25/],
      ['postgresql://u:geheim@a/x?channel_binding=require', /channel_binding/],
      ['postgresql:/u:geheim@a', /expected postgresql:/],
    ] as const) {
      assert.throws(
        () => parseConnectionUrl(url),
        (error) => {
          assert.ok(error instanceof Error);
          assert.match(error.message, expected);
          assert.match(error.message, /^\[database\] connection: /);
          assert.doesNotMatch(error.message, /geheim/);
          return true;
        },
      );
    }
  });
});
