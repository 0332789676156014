import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups, loadConfiguration } from '#libs/config';
import { banner } from './banner.js';

describe('banner', () => {
  const config = loadConfiguration({
    program: 'albireo-server',
    version: '0.1.0',
    argv: ['--ephemeral'],
    env: { OS_IDENTITY__ADMIN_PASSWORD: "it's" },
    groups: allOptionGroups,
    searchPath: [],
  });

  it('shows where each API is, and a clouds.yaml and a curl for them', () => {
    const text = banner(config, new Map([['identity', { host: '0.0.0.0', port: 5000 }]]), 8790);
    assert.match(text, /Albireo 0\.1\.0 is ready: state in memory/);
    assert.match(text, / {2}identity {2}http:\/\/127\.0\.0\.1:5000\/v3/);
    assert.match(text, /auth_url: "http:\/\/127\.0\.0\.1:5000\/v3"/);
    assert.match(text, /curl -si http:\/\/127\.0\.0\.1:5000\/v3\/auth\/tokens/);
    assert.ok(text.includes(String.raw`it'\''s`));
  });

  it('shows an API that is served over TLS as https, in the clouds.yaml too', () => {
    const tls = loadConfiguration({
      program: 'albireo-server',
      version: '0.1.0',
      argv: ['--ephemeral'],
      env: { OS_DEFAULT__ENABLED_SSL_APIS: 'identity' },
      groups: allOptionGroups,
      searchPath: [],
    });
    const addresses = new Map([
      ['identity', { host: '0.0.0.0', port: 5000 }],
      ['image', { host: '0.0.0.0', port: 9292 }],
    ] as const);
    const text = banner(tls, addresses, 8790);
    assert.match(text, / {2}identity {2}https:/);
    assert.match(text, / {2}image {5}http:/);
    assert.match(text, /auth_url: "https:/);
  });

  it('shows no clouds.yaml without the Identity API', () => {
    const text = banner(config, new Map([['image', { host: '::', port: 9292 }]]), undefined);
    assert.match(text, /http:\/\/\[::1\]:9292/);
    assert.doesNotMatch(text, /clouds\.yaml/);
  });
});
