import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guestArguments } from './command-line.js';
import { netdevCommand } from './guest-nics.js';
import type { GuestHost } from './command-line.js';
import { GuestFolder, socketPathFault } from './guest-folder.js';
import { guestRecord } from './testing/guest-record.js';

const host: GuestHost = {
  accelerator: 'tcg',
  tcgCacheSize: 64,
  sandbox: true,
  firmware: undefined,
  productVersion: '1.2.3',
  spice: false,
};
const record = guestRecord();
const folder = new GuestFolder('/srv/a,b', record.id);

function after(args: readonly string[], flag: string): readonly string[] {
  return args.flatMap((word, index) => (word === flag ? [args[index + 1] ?? ''] : []));
}

describe("a guest's command line", () => {
  const port = {
    portId: 'p1',
    macAddress: 'fa:16:3e:00:00:01',
    mtu: 1450,
    netdev: { type: 'user', restrict: true, hostfwd: ['tcp:127.0.0.1:1-:22', 'tcp:127.0.0.1:2-:80'] },
  };
  const args = guestArguments({ record, folder, plugged: [port], resumeFrom: null }, host);

  it('is known by its id, is told as nova’s guests are, and may do little', () => {
    assert.deepEqual(after(args, '-uuid'), [record.id]);
    assert.match(
      after(args, '-smbios')[0] ?? '',
      /manufacturer=OpenStack Foundation,product=OpenStack Nova,version=1\.2\.3/,
    );
    assert.match(after(args, '-sandbox')[0] ?? '', /^on,.*spawn=deny/);
    assert.ok(args.includes('-nodefaults') && args.includes('-no-user-config'));
    assert.deepEqual(after(args, '-accel'), ['tcg,tb-size=64']);
  });

  it('says the format of every disk, and doubles commas in paths', () => {
    const disks = after(args, '-blockdev').map((text) => JSON.parse(text) as { driver: string; 'read-only': boolean });
    assert.deepEqual(
      disks.map((disk) => [disk.driver, disk['read-only']]),
      [
        ['qcow2', false],
        ['raw', true],
      ],
    );
    assert.match(after(args, '-vnc')[0] ?? '', /^unix:\/srv\/a,,b\//);
  });

  it('has a NIC a port', () => {
    assert.deepEqual(after(args, '-netdev'), [
      'user,id=net-p1,restrict=on,hostfwd=tcp:127.0.0.1:1-:22,hostfwd=tcp:127.0.0.1:2-:80',
    ]);
    const nic = 'virtio-net-pci,netdev=net-p1,id=nic-p1,mac=fa:16:3e:00:00:01,host_mtu=1450,romfile=';
    assert.ok(after(args, '-device').includes(nic));
    const { hostfwd } = netdevCommand(port);
    assert.deepEqual(hostfwd, [{ str: 'tcp:127.0.0.1:1-:22' }, { str: 'tcp:127.0.0.1:2-:80' }]);
  });

  it('has a SPICE server for whoever comes by its socket, where the host has one, and a screen', () => {
    assert.deepEqual(after(args, '-spice'), []);
    const start = { record, folder, plugged: [], resumeFrom: null };
    const [spice = ''] = after(guestArguments(start, { ...host, spice: true }), '-spice');
    assert.match(spice, /^unix=on,addr=\/srv\/a,,b\/.*\/spice\.sock,disable-ticketing=on$/);
    const blind = { ...record, imageProperties: { hw_video_model: 'none' } };
    assert.deepEqual(after(guestArguments({ ...start, record: blind }, { ...host, spice: true }), '-spice'), []);
  });

  it('boots from the disk that it is rescued with, beside its own', () => {
    const disk = { role: 'rescue', path: '/x/disk.rescue', format: 'qcow2', readOnly: false } as const;
    const rescued = { ...record, rescue: { disk, kernel: null } };
    const devices = after(
      guestArguments({ record: rescued, folder, plugged: [], resumeFrom: 'state' }, host),
      '-device',
    );
    assert.ok(devices.some((device) => device.includes('drive=disk-rescue') && device.endsWith('bootindex=1')));
    assert.ok(devices.some((device) => device.includes('drive=disk-root') && device.endsWith('bootindex=2')));
  });
});

describe('the folder of a guest', () => {
  it('is below instances_path, and of a UUID', () => {
    assert.throws(() => new GuestFolder('/srv', '../etc'), TypeError);
    assert.equal(socketPathFault('/var/lib/albireo/instances'), undefined);
    assert.match(socketPathFault(`/${'x'.repeat(80)}`) ?? '', /instances_path: expected at most \d+ characters/);
  });
});
