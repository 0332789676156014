import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignProjectsOf } from './foreign-options.js';

describe('foreignProjectsOf', () => {
  it('knows the names of nova and neutron, old ones included', () => {
    assert.deepEqual(foreignProjectsOf('api_database', 'connection'), ['nova']);
    assert.deepEqual(foreignProjectsOf('DEFAULT', 'core_plugin'), ['neutron']);
    assert.deepEqual(foreignProjectsOf('oslo_concurrency', 'lock_path'), ['nova', 'neutron']);
    assert.deepEqual(foreignProjectsOf('libvirt', 'virt_type'), ['nova']);
    assert.deepEqual(foreignProjectsOf('DEFAULT', 'rpc_response_max_timeout'), ['neutron']);
  });

  it("knows what a service user's group may hold beside the names of the samples", () => {
    assert.deepEqual(foreignProjectsOf('placement', 'application_credential_secret'), ['nova', 'neutron']);
  });

  it('knows names that are made from values, and of plug-ins', () => {
    assert.deepEqual(foreignProjectsOf('mdev_nvidia-35', 'device_addresses'), ['nova']);
    assert.deepEqual(foreignProjectsOf('mdev_nvidia-35', 'device_address'), []);
    assert.deepEqual(foreignProjectsOf('service_providers', 'service_provider'), ['neutron']);
  });

  it('knows no other names', () => {
    assert.deepEqual(foreignProjectsOf('DEFAULT', 'core_plugins'), []);
    assert.deepEqual(foreignProjectsOf('libvirt', 'auth_url'), []);
    assert.deepEqual(foreignProjectsOf('nowhere', 'connection'), []);
  });
});
