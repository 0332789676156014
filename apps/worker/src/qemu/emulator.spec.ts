import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootFault, chooseAccelerator } from './emulator.js';
import { findProgram } from './program-fault.js';

const emulator = findProgram('qemu-system-x86_64') ?? '';

describe('the trial of an accelerator', { skip: emulator === '' ? 'QEMU is not installed' : false }, () => {
  it('a guest comes through its first steps by software', async () => {
    assert.equal(await bootFault(emulator, ['-accel', 'tcg', '-cpu', 'max']), undefined);
  });

  it('a processor without long mode is told, as what lacks any of them', { timeout: 60_000 }, async () => {
    assert.match(
      (await bootFault(emulator, ['-accel', 'tcg', '-cpu', 'pentium3'])) ?? '',
      /does not come through|ended/,
    );
  });

  it('what does not work here is told with its reason', async () => {
    assert.match((await bootFault(emulator, ['-accel', 'none-such'])) ?? '', /none-such/);
    assert.equal((await chooseAccelerator(emulator, 'tcg')).accelerator, 'tcg');
  });
});
