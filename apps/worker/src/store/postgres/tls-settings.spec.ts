import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConnectionUrl } from './connection-url.js';
import { tlsOptions, tlsTries } from './tls-settings.js';

const modeOf = (query: string): string => parseConnectionUrl(`postgresql://a/x?${query}`).tls.mode;
const refused = (query: string, expected: RegExp): void =>
  assert.throws(() => modeOf(query), { code: 'ConnectionInvalid', message: expected });

describe('sslmode', () => {
  it('has libpq’s modes and default, JDBC’s ssl=true and pg’s no-verify', () => {
    assert.equal(modeOf(''), 'prefer');
    for (const mode of ['disable', 'allow', 'prefer', 'require', 'verify-full'])
      assert.equal(modeOf(`sslmode=${mode}`), mode);
    assert.equal(modeOf('sslmode=verify-ca&sslrootcert=/ca.pem'), 'verify-ca');
    assert.equal(modeOf('ssl=true'), 'require');
    assert.equal(modeOf('ssl=0'), 'disable');
    assert.equal(modeOf('sslmode=no-verify'), 'require');
    assert.equal(modeOf('sslrootcert=system'), 'verify-full');
  });

  it('refuses what would verify less than it says', () => {
    refused('sslmode=verify', /sslmode: expected disable, allow/);
    refused('sslmode=verify-ca', /needs sslrootcert/);
    refused('sslmode=require&sslrootcert=system', /needs sslmode=verify-full/);
    refused('sslnegotiation=direct', /needs sslmode=require or more/);
    refused('ssl=perhaps', /ssl: expected true or false/);
  });

  it('tries as libpq does: allow without TLS first, prefer with it first', () => {
    assert.deepEqual(
      (['disable', 'allow', 'prefer', 'require', 'verify-full'] as const).map((mode) => tlsTries(mode)),
      [[false], [false, true], [true, false], [true], [true]],
    );
  });

  it('verifies a name with verify-full only, and a chain wherever a root certificate is named', async () => {
    const full = await tlsOptions(parseConnectionUrl('postgresql://a/x?sslmode=verify-full').tls);
    assert.deepEqual([full.rejectUnauthorized, full.checkServerIdentity], [true, undefined]);
    const required = await tlsOptions(parseConnectionUrl('postgresql://a/x?sslmode=require').tls);
    assert.equal(required.rejectUnauthorized, false);
    const missing = parseConnectionUrl('postgresql://a/x?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem').tls;
    await assert.rejects(tlsOptions(missing), {
      code: 'ConnectionInvalid',
      message: /sslrootcert: "\/nowhere\/ca.pem"/,
    });
  });
});
