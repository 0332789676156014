import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups } from '../groups/all-groups.js';
import { ConfigurationError, formatFault } from '#libs/config';
import { loadConfiguration } from '../load-configuration.js';
import { findProgram } from './programs.js';

const KEY = 'k'.repeat(32);
const gateway = { OS_DEFAULT__TRANSPORT_URL: 'rabbit://u:p@broker/', OS_IDENTITY__SIGNING_KEYS: KEY };
const keystone = { ...gateway, OS_API__AUTH_STRATEGY: 'keystone' };

function faults(program: string, env: Readonly<Record<string, string>>): readonly string[] {
  const { defaults, required } = findProgram(program) ?? assert.fail(program);
  const input = { program, version: '1', argv: [], env, groups: allOptionGroups, searchPath: [], defaults, required };
  try {
    loadConfiguration(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(formatFault);
    throw error;
  }
}

const needs = (option: string, since: string): string => `${option}: a value is required: a string, since ${since}`;

describe('options that others make necessary', () => {
  it('a metadata proxy without a secret is a fault at start, as unset and as empty', () => {
    const proxy = { ...gateway, OS_NEUTRON__SERVICE_METADATA_PROXY: 'true' };
    const fault = needs('[neutron] metadata_proxy_shared_secret', '[neutron] service_metadata_proxy is true');
    for (const program of ['albireo-gateway', 'albireo-gateway-metadata', 'albireo-server']) {
      assert.deepEqual(faults(program, proxy), [fault]);
      assert.deepEqual(faults(program, { ...proxy, OS_NEUTRON__METADATA_PROXY_SHARED_SECRET: '' }), [fault]);
      assert.deepEqual(faults(program, { ...proxy, OS_NEUTRON__METADATA_PROXY_SHARED_SECRET: 's' }), []);
    }
  });

  it('an LDAP directory of users is a fault at start: nobody would be found there', () => {
    for (const driver of ['ldap', 'keystone.identity.backends.ldap.Identity']) {
      const [fault = ''] = faults('albireo-worker', { ...gateway, OS_IDENTITY__DRIVER: driver });
      assert.match(fault, /driver: expected sql: users of an LDAP directory cannot be used/);
    }
    assert.deepEqual(faults('albireo-worker', { ...gateway, OS_IDENTITY__DRIVER: 'sql' }), []);
  });

  it('only a program that serves the Metadata API asks for its secret', () => {
    const proxy = { ...gateway, OS_NEUTRON__SERVICE_METADATA_PROXY: 'true' };
    for (const program of ['albireo-worker', 'albireo-manage', 'albireo-gateway-compute']) {
      assert.deepEqual(faults(program, proxy), []);
    }
    assert.deepEqual(faults('albireo-gateway', { ...proxy, OS_DEFAULT__ENABLED_APIS: 'identity' }), []);
  });

  it('a gateway that checks tokens has keys, of 32 characters at least; their text is in no fault', () => {
    const { OS_DEFAULT__TRANSPORT_URL } = gateway;
    const fault =
      '[identity] signing_keys: a value is required: a comma separated list, each a string, since the identity API checks tokens';
    assert.deepEqual(faults('albireo-gateway', { OS_DEFAULT__TRANSPORT_URL }), [fault]);
    assert.deepEqual(faults('albireo-gateway-metadata', { OS_DEFAULT__TRANSPORT_URL }), []);
    assert.deepEqual(faults('albireo-worker', { OS_DEFAULT__TRANSPORT_URL }), []);
    assert.deepEqual(faults('albireo-gateway', { ...gateway, OS_IDENTITY__SIGNING_KEYS: `${KEY},short` }), [
      'OS_IDENTITY__SIGNING_KEYS: [identity] signing_keys: expected keys of at least 32 characters, 1 have less, found "****"',
    ]);
  });

  it('TLS of an API needs certificate and key', () => {
    const since = 'enabled_ssl_apis names image';
    assert.deepEqual(faults('albireo-gateway', { ...gateway, OS_DEFAULT__ENABLED_SSL_APIS: 'image' }), [
      needs('[wsgi] ssl_cert_file', since),
      needs('[wsgi] ssl_key_file', since),
    ]);
    assert.deepEqual(faults('albireo-gateway-compute', { ...gateway, OS_DEFAULT__ENABLED_SSL_APIS: 'image' }), []);
  });

  it('a client key for the broker needs its certificate', () => {
    assert.deepEqual(faults('albireo-worker', { ...gateway, OS_OSLO_MESSAGING_RABBIT__SSL_KEY_FILE: '/k' }), [
      needs('[oslo_messaging_rabbit] ssl_cert_file', '[oslo_messaging_rabbit] ssl_key_file is set'),
    ]);
  });

  it('with Keystone, all that this service logs in with is asked for at once', () => {
    const options = (found: readonly string[]): readonly string[] => found.map((text) => text.split(': ')[0] ?? '');
    assert.deepEqual(options(faults('albireo-gateway', keystone)), [
      '[keystone_authtoken] auth_url',
      '[keystone_authtoken] username',
      '[keystone_authtoken] password',
      '[keystone_authtoken] project_name',
    ]);
    const credential = {
      ...keystone,
      OS_KEYSTONE_AUTHTOKEN__AUTH_URL: 'http://keystone:5000',
      OS_KEYSTONE_AUTHTOKEN__AUTH_TYPE: 'v3applicationcredential',
    };
    assert.deepEqual(options(faults('albireo-gateway', credential)), [
      '[keystone_authtoken] application_credential_id',
      '[keystone_authtoken] application_credential_secret',
    ]);
    assert.deepEqual(faults('albireo-worker', keystone), []);
  });
});
