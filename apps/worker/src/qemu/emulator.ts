import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QemuAccelerator } from '#libs/options';
import { TRIAL_EXIT, bootSector } from './boot-trial.js';
import { runTool, toolEnvironment } from './run-tool.js';

/** The accelerator that works here, and why it was chosen. */
export interface ChosenAccelerator {
  readonly accelerator: 'kvm' | 'hvf' | 'tcg';
  readonly reason: string;
}

const TRIAL_MS = 6_000;

/** `QEMU emulator version 7.2.22` as 7002022, libvirt's form. */
export async function emulatorVersion(emulator: string): Promise<number> {
  const text = await runTool(emulator, ['--version'], { timeoutMs: 20_000 });
  const [, major, minor, micro] = /version (\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (major === undefined) throw new Error(`${emulator} is no QEMU: ${text.slice(0, 80)}`);
  return Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(micro ?? 0);
}

/**
 * Chooses the accelerator for guests. A device file alone proves little: each accelerator is tried with a guest of its
 * own, which must boot and reach long mode within some seconds. Throws if the requested one does not work.
 */
export async function chooseAccelerator(emulator: string, wanted: QemuAccelerator): Promise<ChosenAccelerator> {
  if (wanted === 'tcg') return { accelerator: 'tcg', reason: 'as [qemu] accelerator says' };
  const candidates = wanted === 'auto' ? platformAccelerators() : [wanted];
  const faults: string[] = [];
  for (const accelerator of candidates) {
    const fault = await tryAccelerator(emulator, accelerator);
    if (fault === undefined) return { accelerator, reason: 'it was tried and works' };
    faults.push(`${accelerator}: ${fault}`);
  }
  if (wanted !== 'auto') throw new Error(`[qemu] accelerator = ${wanted}: it does not work here: ${faults.join('; ')}`);
  return { accelerator: 'tcg', reason: faults.join('; ') || 'this system has no accelerator' };
}

function platformAccelerators(): readonly ('kvm' | 'hvf')[] {
  if (process.platform === 'linux') return process.arch === 'x64' ? ['kvm'] : [];
  return process.platform === 'darwin' && process.arch === 'x64' ? ['hvf'] : [];
}

/** The fault of an accelerator, or undefined. */
async function tryAccelerator(emulator: string, accelerator: 'kvm' | 'hvf'): Promise<string | undefined> {
  if (accelerator === 'kvm' && !existsSync('/dev/kvm')) return 'there is no /dev/kvm';
  return bootFault(emulator, ['-accel', accelerator, '-cpu', 'host']);
}

/** Boots the sector of boot-trial with these arguments of QEMU; returns the fault, or undefined. */
export async function bootFault(emulator: string, accelerator: readonly string[]): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-qemu-'));
  try {
    const disk = join(directory, 'disk');
    await writeFile(disk, bootSector());
    const machine = ['-machine', 'pc', '-m', '16', '-nodefaults', '-no-user-config', '-display', 'none'];
    const devices = ['-drive', `file=${disk},format=raw,if=ide`, '-device', TRIAL_EXIT.device];
    const child = spawn(emulator, [...accelerator, ...machine, ...devices], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: toolEnvironment(),
      timeout: TRIAL_MS,
      killSignal: 'SIGKILL',
    });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told = `${told}${text}`.slice(-4_000)));
    return await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code) => {
        if (code === TRIAL_EXIT.code) return resolve(undefined);
        const [first = ''] = told.trim().split('\n');
        const end = code === null ? `a guest does not come through its first steps in ${TRIAL_MS / 1000} s` : '';
        resolve([end, first].filter((text) => text !== '').join(': ') || `QEMU ended with ${code}`);
      });
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Whether the emulator has a SPICE server, which may be a module that is not installed. */
export async function hasSpice(emulator: string): Promise<boolean> {
  const child = spawn(emulator, ['-spice', 'help'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: toolEnvironment(),
    timeout: TRIAL_MS,
    killSignal: 'SIGKILL',
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  // It exits with an error code in both cases.
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', () => resolve(/^\s*unix=/m.test(told)));
  });
}

/** UEFI firmware in the folders that distributions use. */
export function findFirmware(): { readonly code: string; readonly variables: string } | undefined {
  return FIRMWARE.find(({ code, variables }) => existsSync(code) && existsSync(variables));
}

const FIRMWARE = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/OVMF/OVMF_CODE.fd', variables: '/usr/share/OVMF/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variables: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { code: '/usr/share/edk2-ovmf/x64/OVMF_CODE.fd', variables: '/usr/share/edk2-ovmf/x64/OVMF_VARS.fd' },
  { code: '/opt/homebrew/share/qemu/edk2-x86_64-code.fd', variables: '/opt/homebrew/share/qemu/edk2-i386-vars.fd' },
] as const;
