import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serverData } from '../../edge/testing/server-data.js';
import { ResourceLinks } from '../resource-links.js';
import { statesOf, statusOf } from './server-status.js';
import { hostIdOf, serverAfterUpdate, serverDetail } from './server.view.js';
import type { ServerViewContext } from './server.view.js';

const edge = {
  requestId: 'req-1',
  globalRequestId: null,
  startedMs: 0,
  deadlineMs: 0,
  trace: undefined,
  context: undefined,
  claims: undefined,
  token: undefined,
  serviceClaims: undefined,
  microversion: undefined,
  projectInPath: undefined,
  legacy: false,
  scheme: 'http',
  host: 'cloud:8774',
  prefix: '',
  clientAddress: '',
  sourceAddress: '',
};

function context(version: number, changes: Partial<ServerViewContext> = {}): ServerViewContext {
  return {
    version,
    links: new ResourceLinks({ edge }, undefined),
    showAttributes: false,
    isAdmin: false,
    showExtraSpecs: false,
    single: true,
    ...changes,
  };
}

/** Keys that appear in a version and not in the one before. */
const ADDED: readonly [number, readonly string[]][] = [
  [9, ['locked']],
  [19, ['description']],
  [26, ['tags']],
  [63, ['trusted_image_certificates']],
  [71, ['server_groups']],
  [73, ['locked_reason']],
  [90, ['OS-EXT-SRV-ATTR:hostname']],
];

describe('the view of a server', () => {
  it('has exactly nova’s keys of 2.1', () => {
    assert.deepEqual(Object.keys(serverDetail(serverData({ security_groups: ['default'] }), context(1))).toSorted(), [
      'OS-DCF:diskConfig',
      'OS-EXT-AZ:availability_zone',
      'OS-EXT-STS:power_state',
      'OS-EXT-STS:task_state',
      'OS-EXT-STS:vm_state',
      'OS-SRV-USG:launched_at',
      'OS-SRV-USG:terminated_at',
      'accessIPv4',
      'accessIPv6',
      'addresses',
      'config_drive',
      'created',
      'flavor',
      'hostId',
      'id',
      'image',
      'key_name',
      'links',
      'metadata',
      'name',
      'os-extended-volumes:volumes_attached',
      'progress',
      'security_groups',
      'status',
      'tenant_id',
      'updated',
      'user_id',
    ]);
  });

  it('gains keys by microversion', () => {
    for (const [version, keys] of ADDED) {
      const before = Object.keys(serverDetail(serverData(), context(version - 1)));
      const added = Object.keys(serverDetail(serverData(), context(version))).filter((key) => !before.includes(key));
      assert.deepEqual(added, keys, `2.${version}`);
    }
  });

  it('embeds the flavor from 2.47 on', () => {
    assert.deepEqual(serverDetail(serverData(), context(46))['flavor'], {
      id: '1',
      links: [{ rel: 'bookmark', href: 'http://cloud:8774/flavors/1' }],
    });
    const embedded = serverDetail(serverData(), context(47, { showExtraSpecs: true }))['flavor'];
    assert.deepEqual(embedded, {
      vcpus: 1,
      ram: 512,
      disk: 1,
      ephemeral: 0,
      swap: 0,
      original_name: 'm1.tiny',
      extra_specs: { 'hw:cpu_policy': 'shared' },
    });
  });

  it('tells administrators where it runs, in three keys and from 2.3 on in ten', () => {
    const attributes = (version: number): number =>
      Object.keys(serverDetail(serverData(), context(version, { showAttributes: true }))).filter((key) =>
        key.startsWith('OS-EXT-SRV-ATTR:'),
      ).length;
    assert.equal(attributes(1), 3);
    assert.equal(attributes(3), 10);
    assert.equal(attributes(95), 10);
  });

  it('writes times in nova’s two forms', () => {
    const view = serverDetail(serverData(), context(1));
    assert.equal(view['created'], '2026-11-21T20:49:56Z');
    assert.equal(view['OS-SRV-USG:launched_at'], '2026-11-21T20:50:00.500000');
    assert.equal(view['OS-SRV-USG:terminated_at'], null);
  });

  it('has a hostId that depends on the project, and none before scheduling', () => {
    assert.equal(hostIdOf('p', null), '');
    assert.match(hostIdOf('p', 'h'), /^[0-9a-f]{56}$/);
    assert.notEqual(hostIdOf('p', 'h'), hostIdOf('q', 'h'));
  });

  it('shows a fault only in ERROR, its details only to administrators, progress only where there is some', () => {
    const fault = { code: 500, message: 'No valid host', details: 'trace', created: '2026-11-21T20:50:00.5Z' };
    const broken = serverData({ vm_state: 'error', fault });
    const view = serverDetail(broken, context(1));
    assert.deepEqual(view['fault'], { code: 500, created: '2026-11-21T20:50:00Z', message: 'No valid host' });
    assert.equal('progress' in view, false);
    const admin = serverDetail(broken, context(1, { isAdmin: true }))['fault'];
    assert.equal(typeof admin === 'object' && admin !== null && 'details' in admin, true);
    assert.equal('fault' in serverDetail(serverData({ fault }), context(1)), false);
  });

  it('is empty text for what a server without an image and with a config drive has', () => {
    const view = serverDetail(serverData({ image_ref: '', config_drive: true }), context(1));
    assert.equal(view['image'], '');
    assert.equal(view['config_drive'], 'True');
  });

  it('tells the state of the host from 2.16 on to whom may see it', () => {
    const hostStatus = (): string => 'UP';
    assert.equal(serverDetail(serverData(), context(16, { hostStatus }))['host_status'], 'UP');
    assert.equal('host_status' in serverDetail(serverData(), context(15, { hostStatus })), false);
    assert.equal('host_status' in serverDetail(serverData(), context(16)), false);
    // For callers who may see only that a host is unknown (…:host_status:unknown-only).
    assert.equal('host_status' in serverDetail(serverData(), context(16, { hostStatus: () => undefined })), false);
  });

  it('is short after an update', () => {
    const view = serverAfterUpdate(serverData(), context(19));
    assert.equal('OS-EXT-STS:vm_state' in view, false);
    assert.equal(view['description'], 'a server');
    assert.deepEqual(view['addresses'], { n1: [{ version: 4, addr: '10.0.0.5' }] });
  });
});

describe('the status of a server', () => {
  it('comes from vm_state and task_state, and leads back to them', () => {
    assert.equal(statusOf({ vm_state: 'building', task_state: 'spawning' }), 'BUILD');
    assert.equal(statusOf({ vm_state: 'active', task_state: 'powering-off' }), 'ACTIVE');
    assert.equal(statusOf({ vm_state: 'active', task_state: 'rebooting_hard' }), 'HARD_REBOOT');
    assert.equal(statusOf({ vm_state: 'stopped', task_state: null }), 'SHUTOFF');
    assert.deepEqual(statesOf('reboot'), { vmStates: ['active'], taskStates: ['rebooting'] });
    assert.deepEqual(statesOf('ERROR'), { vmStates: ['error'], taskStates: [] });
    assert.equal(statesOf('nonsense'), undefined);
  });
});
