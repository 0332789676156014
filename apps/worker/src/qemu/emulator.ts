import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QemuAccelerator } from '#libs/options';
import { withQmp } from './qmp-client.js';
import { runTool, toolEnvironment } from './run-tool.js';

/** An accelerator that works here, and why. */
export interface ChosenAccelerator {
  readonly accelerator: 'kvm' | 'hvf' | 'tcg';
  readonly reason: string;
}

const TRIAL_MS = 6_000;
/** How long the processor of a trial may take for its first instructions. */
const RUN_MS = 2_500;

/** `QEMU emulator version 7.2.22` as 7002022, libvirt's form. */
export async function emulatorVersion(emulator: string): Promise<number> {
  const text = await runTool(emulator, ['--version'], { timeoutMs: 20_000 });
  const [, major, minor, micro] = /version (\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  if (major === undefined) throw new Error(`${emulator} is no QEMU: ${text.slice(0, 80)}`);
  return Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(micro ?? 0);
}

/**
 * Which accelerator guests run with. A device file says little: each is tried with a guest of its own, whose processor
 * must come by the reset vector within some seconds. Throws for one that was asked for and does not work.
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

/** What is wrong with an accelerator, or undefined. */
async function tryAccelerator(emulator: string, accelerator: 'kvm' | 'hvf'): Promise<string | undefined> {
  if (accelerator === 'kvm' && !existsSync('/dev/kvm')) return 'there is no /dev/kvm';
  const directory = await mkdtemp(join(tmpdir(), 'albireo-qemu-'));
  const socket = join(directory, 'qmp.sock');
  const args = [
    '-accel',
    accelerator,
    '-cpu',
    'host',
    '-machine',
    'pc',
    '-m',
    '16',
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-qmp',
    `unix:${socket},server=on,wait=off`,
  ];
  const child = spawn(emulator, args, { stdio: ['ignore', 'ignore', 'pipe'], env: toolEnvironment() });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told = `${told}${text}`.slice(-400)));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(told.trim().split('\n').at(-1) || `QEMU ended with ${code ?? 'a signal'}`));
  });
  const timer = new AbortController();
  const late = new Promise<string>((resolve) => {
    const handle = setTimeout(() => resolve(`no answer within ${TRIAL_MS / 1000} s`), TRIAL_MS);
    timer.signal.addEventListener('abort', () => clearTimeout(handle));
  });
  try {
    return await Promise.race([ended, late, untilRuns(socket)]);
  } finally {
    timer.abort();
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

/** Waits until the processor has left the place that it starts at; what is wrong, or undefined. */
async function untilRuns(socket: string): Promise<string | undefined> {
  while (!existsSync(socket)) await pause(30);
  try {
    return await withQmp(socket, async (qmp) => {
      const until = performance.now() + RUN_MS;
      for (;;) {
        const text = String(
          await qmp.execute('human-monitor-command', { 'command-line': 'info registers' }, RUN_MS).catch(() => ''),
        );
        const [, at] = /[ER]IP=([0-9a-f]+)/i.exec(text) ?? [];
        if (at !== undefined && !/^0*fff0$/i.test(at)) return undefined;
        if (performance.now() > until) return 'its processor does not run';
        await pause(100);
      }
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** UEFI firmware where distributions put it. */
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
