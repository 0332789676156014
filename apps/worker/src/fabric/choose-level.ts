import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayoutApplier } from './kernel/apply-layout.js';
import { NetworkSpace } from './kernel/network-space.js';
import type { SpaceKind } from './kernel/network-space.js';
import { runProgram } from './kernel/run-program.js';
import { hostLayout } from './layout/host-layout.js';
import { replaceTable } from './layout/nft-text.js';

export interface ChosenLevel {
  readonly level: 'user' | SpaceKind;
  /** One line: why this level, and why none with more features. */
  readonly reason: string;
}

const NAMES: Readonly<Record<SpaceKind, string>> = {
  host: 'the rights of root on the networks of this machine',
  rootless: 'a user namespace',
};

/**
 * Finds out how guests can be connected to their networks here, by trying it in a temporary space, for a few seconds at
 * most. `auto` takes the first that works of host, rootless and user. A space that already exists (its file is `found`)
 * works and is kept, since guests are in it. Throws Error if the requested level does not work.
 */
export async function chooseLevel(wanted: 'auto' | 'user' | SpaceKind, found?: string): Promise<ChosenLevel> {
  if (wanted === 'user') return { level: 'user', reason: '[qemu] network = user' };
  const kind = found === undefined ? undefined : (await NetworkSpace.find(found))?.kind;
  if (kind !== undefined && (wanted === 'auto' || wanted === kind)) {
    return { level: kind, reason: `[qemu] network = ${wanted}, and the namespaces are there already` };
  }
  if (wanted !== 'auto') {
    const fault = await tryLevel(wanted);
    if (fault !== null) throw new Error(`[qemu] network = ${wanted} does not work here: ${fault}`);
    return { level: wanted, reason: `[qemu] network = ${wanted}` };
  }
  const faults: string[] = [];
  for (const level of ['host', 'rootless'] as const) {
    const fault = await tryLevel(level);
    const others = faults.length === 0 ? '' : `; ${faults.join('; ')}`;
    if (fault === null) return { level, reason: `this process has ${NAMES[level]}${others}` };
    faults.push(`no ${level}: ${fault}`);
  }
  return { level: 'user', reason: faults.join('; ') };
}

/** Null, or the fault in one line. */
async function tryLevel(kind: SpaceKind): Promise<string | null> {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (kind === 'host' && process.getuid?.() !== 0) return 'this process is not root';
  for (const program of ['unshare', 'nsenter', 'setpriv', 'ip', 'nft', 'tc', 'tee']) {
    try {
      await runProgram([program, program === 'ip' || program === 'tc' ? '-V' : '--version'], { timeoutMs: 2_000 });
    } catch {
      return `the program ${program} is not installed`;
    }
  }
  try {
    await access('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return '/dev/net/tun cannot be opened';
  }
  // The files of a trial must not collide with others.
  const path = join(tmpdir(), `albireo-level-${randomUUID()}.json`);
  let space: NetworkSpace | null = null;
  try {
    space = await NetworkSpace.open(kind, path);
    await tryDevices(space);
    return null;
  } catch (error) {
    return explain(error instanceof Error ? error.message : String(error));
  } finally {
    await space?.close();
  }
}

/** Tries all kinds of devices and rules that networks need. */
async function tryDevices(space: NetworkSpace): Promise<void> {
  const nothing = { revision: 0n, ports: [], networks: [], groups: [], addressSets: [], routers: [], qos: [] };
  await new LayoutApplier(space).apply(hostLayout(nothing, []));
  const nat = [
    { name: 'try', lines: ['type nat hook postrouting priority 100;', 'ip saddr 192.0.2.1 snat to 192.0.2.2'] },
  ];
  const zone = [
    { name: 'try', lines: ['type filter hook prerouting priority -300;', 'ct zone set iifname map { "try" : 1 }'] },
  ];
  await space.run(['nft', '-f', '-'], {
    input: replaceTable('ip', 'albireo_try', nat) + replaceTable('inet', 'albireo_try', zone),
  });
  await space.run(['ip', 'netns', 'add', 'try']);
  await space.run(['ip', 'link', 'add', 'try-b', 'type', 'bridge']);
  await space.run(['ip', 'link', 'add', 'try-v', 'type', 'veth', 'peer', 'name', 'try-p', 'netns', 'try']);
  await space.run(['ip', 'tuntap', 'add', 'dev', 'try-t', 'mode', 'tap', 'user', '0']);
}

function explain(message: string): string {
  const text = message.replaceAll(/\s+/g, ' ').slice(0, 300);
  if (text.includes('bridge-nf-call')) {
    return 'the kernel does not filter on bridges (modprobe br_netfilter), so security groups would not hold';
  }
  return text;
}
