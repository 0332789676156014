import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import type { InstanceRow } from '../instances/instance-row.js';
import { versionedPayload } from './versioned-payload.js';

const id = '178b0921-8f85-4257-88b6-2e743b5a975c';
const flavor = {
  id: '1',
  name: 'm1.tiny',
  vcpus: 1,
  ram: 512,
  disk: 1,
  ephemeral: 0,
  swap: 0,
  rxtx_factor: 1,
  is_public: true,
  disabled: false,
  description: null,
  extra_specs: { 'hw:watchdog_action': 'disabled' },
};
const row: InstanceRow = {
  id,
  number: 1,
  name: 'some-server',
  description: 'some words',
  hostname: 'some-server',
  project_id: 'p1',
  user_id: 'u1',
  vm_state: 'active',
  task_state: 'powering-off',
  power_state: 1,
  progress: 100,
  host: 'h',
  node: 'n',
  availability_zone: 'nova',
  image_ref: '155d900f-4e14-4e4c-a73d-069cbf4541e6',
  flavor,
  flavor_id: '1',
  vcpus: 1,
  ram: 512,
  key_name: 'my-key',
  public_key: 'ssh-ed25519 AAAA',
  metadata: { a: 'b' },
  config_drive: false,
  user_data: 'a-secret',
  access_ip_v4: '',
  access_ip_v6: '',
  locked: false,
  launch_index: 0,
  reservation_id: 'r-1',
  root_device_name: null,
  security_groups: [],
  requested_networks: [],
  created_at: '2026-11-28T13:42:11.123456Z',
  updated_at: '2026-11-28T13:42:12.000001Z',
  launched_at: null,
  terminated_at: null,
  deleted: false,
  repaired_at: null,
  locked_by: null,
  locked_reason: null,
  old_flavor: null,
  task_arguments: null,
  soft_deleted_at: null,
  shelved_image_id: null,
  auto_disk_config: false,
  tags: [],
  trusted_certs: null,
  injected_files: [],
  image_properties: {},
  request_spec: {},
  server_group_id: null,
  password: null,
};
const address = {
  network_name: 'private',
  network_id: 'ad4b2d9f-6bf9-4dae-8d31-ee3bd8b4b4a3',
  port_id: 'ce531f90-199f-48c0-816c-13e38010b442',
  addr: '10.0.0.3',
  version: 4,
  mac_address: 'fa:16:3e:4c:2c:30',
} as const;
const keypair = {
  user_id: 'u1',
  name: 'my-key',
  public_key: 'ssh-ed25519 AAAA',
  fingerprint: '1e:2c',
  type: 'ssh',
} as const;
const facts = { row, addresses: [address], keypairs: [keypair], instanceName: 'instance-00000001' };
const context = createContext({ user_id: 'u2', project_id: 'p1' });

/** Names of nova's InstancePayload 1.9. */
const instanceFields =
  'action_initiator_project action_initiator_user architecture auto_disk_config availability_zone block_devices ' +
  'created_at deleted_at display_description display_name flavor host host_name image_uuid ip_addresses kernel_id ' +
  'key_name launched_at locked locked_reason metadata node os_type power_state progress ramdisk_id request_id ' +
  'reservation_id shares state task_state tenant_id terminated_at updated_at user_id uuid';

const fieldsOf = (payload: { readonly 'nova_object.data': Readonly<Record<string, unknown>> }): readonly string[] =>
  Object.keys(payload['nova_object.data']).toSorted();
const fieldsWith = (...more: readonly string[]): readonly string[] =>
  [...instanceFields.split(' '), ...more].toSorted();

describe("nova's versioned notifications", () => {
  it('of actions have an InstanceActionPayload', () => {
    const payload = versionedPayload({ what: 'power_off.start' }, facts, context);
    assert.equal(payload['nova_object.name'], 'InstanceActionPayload');
    assert.equal(payload['nova_object.version'], '1.9');
    assert.deepEqual(fieldsOf(payload), fieldsWith('fault'));
    const data = payload['nova_object.data'];
    assert.deepEqual(
      [data['uuid'], data['power_state'], data['created_at'], data['fault'], data['action_initiator_user']],
      [id, 'running', '2026-11-28T13:42:11Z', null, 'u2'],
    );
    assert.equal(data['request_id'], context.request_id);
    assert.equal(JSON.stringify(payload).includes('a-secret'), false);
    const [ip] = data['ip_addresses'] as { 'nova_object.data': Record<string, unknown> }[];
    assert.deepEqual(ip?.['nova_object.data'], {
      label: 'private',
      mac: address.mac_address,
      meta: {},
      port_uuid: address.port_id,
      version: 4,
      address: '10.0.0.3',
      device_name: 'tapce531f90-19',
    });
  });

  it('of a creation have the key pair, the name on the hypervisor, and the fault of one that failed', () => {
    const failure = { code: 500, message: 'No valid host was found.', exception: 'NoValidHost' };
    const payload = versionedPayload({ what: 'create.error', failure }, facts, context);
    assert.equal(payload['nova_object.name'], 'InstanceCreatePayload');
    assert.deepEqual(
      fieldsOf(payload),
      fieldsWith('fault', 'keypairs', 'tags', 'trusted_image_certificates', 'instance_name'),
    );
    const { fault, keypairs } = payload['nova_object.data'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(fault?.['nova_object.data'], {
      module_name: 'albireo.compute',
      function_name: 'build_and_run_instance',
      exception: 'NoValidHost',
      exception_message: 'No valid host was found.',
      traceback: '',
    });
    assert.match(JSON.stringify(keypairs), /"nova_object\.name":"KeypairPayload".*"name":"my-key"/);
  });

  it('of an update have the states before and after, and the month so far', () => {
    const states = {
      old_state: 'building',
      state: 'active',
      old_task_state: 'spawning',
      new_task_state: null,
    } as const;
    const period = { begin: new Date('2026-11-01T00:00:00Z'), end: new Date('2026-11-28T13:42:11.5Z') };
    const payload = versionedPayload({ what: 'update', update: { states, period, oldName: 'old' } }, facts, context);
    assert.equal(payload['nova_object.name'], 'InstanceUpdatePayload');
    assert.deepEqual(fieldsOf(payload), fieldsWith('state_update', 'audit_period', 'old_display_name', 'tags'));
    const data = payload['nova_object.data'] as Record<string, Record<string, unknown>>;
    assert.deepEqual(data['state_update']?.['nova_object.data'], states);
    assert.deepEqual(data['audit_period']?.['nova_object.data'], {
      audit_period_beginning: '2026-11-01T00:00:00Z',
      audit_period_ending: '2026-11-28T13:42:11Z',
    });
  });

  it('of what a worker does by itself name no request', () => {
    const data = versionedPayload({ what: 'delete.end' }, facts, createContext())['nova_object.data'];
    assert.deepEqual(
      [data['request_id'], data['action_initiator_user'], data['action_initiator_project']],
      [null, null, null],
    );
  });
});
