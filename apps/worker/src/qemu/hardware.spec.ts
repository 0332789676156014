import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlavorData } from '#libs/contracts';
import { guestHardware } from './hardware.js';

const flavor = (vcpus: number, specs: Record<string, string> = {}): FlavorData => ({
  id: '1',
  name: 'small',
  vcpus,
  ram: 512,
  disk: 1,
  ephemeral: 0,
  swap: 0,
  rxtx_factor: 1,
  is_public: true,
  disabled: false,
  description: null,
  extra_specs: specs,
});

describe('the hardware of a guest', () => {
  it('is virtio on a pc unless the image says otherwise', () => {
    const { machine, diskBus, nicDevice, videoDevice, hasRng, firmware } = guestHardware({}, flavor(1));
    assert.deepEqual(
      [machine, diskBus, nicDevice, videoDevice, hasRng, firmware],
      ['pc', 'virtio', 'virtio-net-pci', 'VGA', true, 'bios'],
    );
    const old = guestHardware({ hw_disk_bus: 'ide', hw_vif_model: 'e1000', hw_video_model: 'none' }, flavor(1));
    assert.deepEqual([old.diskBus, old.nicDevice, old.videoDevice], ['ide', 'e1000', null]);
    assert.equal(guestHardware({ hw_machine_type: 'pc-q35-7.2' }, flavor(1)).machine, 'q35');
    assert.equal(guestHardware({}, flavor(1, { 'hw_rng:allowed': 'False' })).hasRng, false);
  });

  it('that is not there is refused by its name', () => {
    for (const properties of [
      { hw_disk_bus: 'floppy' },
      { hw_vif_model: 'constructor' },
      { hw_machine_type: 'virt' },
      { hw_architecture: 'aarch64' },
    ]) {
      assert.throws(() => guestHardware(properties, flavor(1)), { name: 'UnsupportedHardware', status: 400 });
    }
  });

  it('has as many sockets as CPUs, or the topology that was asked for where it comes out even', () => {
    const of = (vcpus: number, specs: Record<string, string>) => guestHardware({}, flavor(vcpus, specs)).topology;
    assert.deepEqual(of(4, {}), { sockets: 4, cores: 1, threads: 1 });
    assert.deepEqual(of(4, { 'hw:cpu_sockets': '1' }), { sockets: 1, cores: 4, threads: 1 });
    assert.deepEqual(of(4, { 'hw:cpu_cores': '2' }), { sockets: 2, cores: 2, threads: 1 });
    assert.deepEqual(of(8, { 'hw:cpu_threads': '2', 'hw:cpu_sockets': '2' }), { sockets: 2, cores: 2, threads: 2 });
    assert.deepEqual(of(3, { 'hw:cpu_cores': '2' }), { sockets: 3, cores: 1, threads: 1 });
  });
});
