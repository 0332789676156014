import type { PortData } from '#libs/contracts';
import { readFile } from 'node:fs/promises';
import { POWER_STATE } from '#libs/contracts';
import type { GuestDiagnostics, TrafficDiagnostics } from '../drivers/virt-driver.js';
import { diskNode } from './command-line.js';
import type { GuestFolder, GuestRecord } from './guest-folder.js';
import { recordOf, recordsOf, withQmp } from './qmp-client.js';

const STATES: Readonly<Record<number, GuestDiagnostics['state']>> = {
  [POWER_STATE.NOSTATE]: 'pending',
  [POWER_STATE.RUNNING]: 'running',
  [POWER_STATE.PAUSED]: 'paused',
  [POWER_STATE.SHUTDOWN]: 'shutdown',
  [POWER_STATE.CRASHED]: 'crashed',
  [POWER_STATE.SUSPENDED]: 'suspended',
};

/** Clock ticks per second in /proc, on every Linux on which QEMU runs. */
const TICKS = 100;
const UNKNOWN: TrafficDiagnostics = { octets: null, packets: null, errors: null, drop: null };

/** Reads the values that QEMU and the host have for a guest. */
export async function readDiagnostics(
  folder: GuestFolder,
  record: GuestRecord,
  ports: readonly PortData[],
  running: { readonly state: number; readonly pid: number | undefined; readonly accelerator: string },
): Promise<GuestDiagnostics> {
  const base = {
    state: STATES[running.state] ?? 'pending',
    hypervisor: running.accelerator === 'tcg' ? 'qemu' : running.accelerator,
    hypervisorOs: process.platform,
  };
  const nics = ports.map(({ mac_address: mac }) => ({ mac, received: UNKNOWN, sent: UNKNOWN }));
  const memory = { maximum: record.flavor.ram, used: null };
  if (running.pid === undefined) return { ...base, uptime: null, memory, cpus: [], nics, disks: [] };
  const [cpus, disks] = await withQmp(folder.qmp, async (qmp) => [
    recordsOf(await qmp.execute('query-cpus-fast')),
    recordsOf(await qmp.execute('query-blockstats')),
  ]);
  return {
    ...base,
    uptime: await uptimeOf(running.pid),
    memory: { ...memory, used: await residentMiB(running.pid) },
    cpus: await Promise.all(
      (cpus ?? []).map(async (cpu, id) => ({
        id,
        time: await threadTime(running.pid, cpu['thread-id']),
        utilisation: null,
      })),
    ),
    nics: await Promise.all(record.plugged.map((port) => traffic(port.macAddress, port.netdev['ifname'], nics))),
    disks: record.disks.map((disk) => ({ device: disk.role, ...statsOf(disks ?? [], diskNode(disk.role)) })),
  };
}

function statsOf(
  all: readonly Readonly<Record<string, unknown>>[],
  node: string,
): Omit<GuestDiagnostics['disks'][number], 'device'> {
  const stats = recordOf(all.find((each) => each['node-name'] === node)?.['stats']);
  const number = (name: string): number | null => (typeof stats[name] === 'number' ? stats[name] : null);
  return {
    readBytes: number('rd_bytes'),
    readRequests: number('rd_operations'),
    writeBytes: number('wr_bytes'),
    writeRequests: number('wr_operations'),
    errors: number('failed_rd_operations'),
  };
}

async function traffic(
  mac: string,
  ifname: unknown,
  known: GuestDiagnostics['nics'],
): Promise<GuestDiagnostics['nics'][number]> {
  const unknown = known.find((nic) => nic.mac === mac) ?? { mac, received: UNKNOWN, sent: UNKNOWN };
  if (typeof ifname !== 'string') return unknown;
  const read = async (name: string): Promise<number | null> => {
    const text = await readFile(`/sys/class/net/${ifname}/statistics/${name}`, 'utf8').catch(() => '');
    return text === '' ? null : Number(text);
  };
  const of = async (side: 'rx' | 'tx'): Promise<TrafficDiagnostics> => ({
    octets: await read(`${side}_bytes`),
    packets: await read(`${side}_packets`),
    errors: await read(`${side}_errors`),
    drop: await read(`${side}_dropped`),
  });
  // Data that the host sends into a tap is received by the guest.
  return { mac, received: await of('tx'), sent: await of('rx') };
}

async function statFields(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function threadTime(pid: number | undefined, thread: unknown): Promise<number | null> {
  const fields = await statFields(`/proc/${pid ?? 0}/task/${String(thread)}/stat`);
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? (ticks * 1_000_000_000) / TICKS : null;
}

async function uptimeOf(pid: number): Promise<number | null> {
  const [fields, text] = [
    await statFields(`/proc/${pid}/stat`),
    await readFile('/proc/uptime', 'utf8').catch(() => ''),
  ];
  const seconds = Number(text.split(' ')[0]) - Number(fields[19]) / TICKS;
  return Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : null;
}

async function residentMiB(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(text) ?? [];
  return kib === undefined ? null : Math.round(Number(kib) / 1024);
}
