import type { GuestRecord } from '../guest-folder.js';

/** A guest with a root disk and a config drive, with the test's changes. */
export function guestRecord(changes: Partial<GuestRecord> = {}): GuestRecord {
  return {
    version: 1,
    id: '0b0cba2a-4c1e-4f2b-9a3e-3c8f3a1d2e4f',
    instanceName: 'instance-00000001',
    displayName: 'one',
    hostname: 'one',
    host: 'here',
    lastTask: null,
    isBuilt: true,
    imageRef: '5d1b2a9e-0c53-4c3f-8c76-0d8a3f3b9f11',
    imageProperties: {},
    flavor: {
      id: '1',
      name: 'small',
      vcpus: 1,
      ram: 512,
      disk: 1,
      ephemeral: 0,
      swap: 0,
      rxtx_factor: 1,
      is_public: true,
      disabled: false,
      description: null,
      extra_specs: {},
    },
    disks: [
      { role: 'root', path: '/x/disk', format: 'qcow2', readOnly: false },
      { role: 'config', path: '/x/disk.config', format: 'raw', readOnly: true },
    ],
    kernel: null,
    ports: [],
    networkLevel: 'user',
    plugged: [],
    launcher: [],
    wantsToRun: true,
    isSuspended: false,
    rescue: null,
    isMovedOut: false,
    diskBeforeResize: null,
    bootId: null,
    ...changes,
  };
}
