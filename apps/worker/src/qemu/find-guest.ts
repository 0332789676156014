import { dirname } from 'node:path';
import { NetworkSpace, spaceFile } from '../fabric/kernel/network-space.js';
import { relayInto } from '../fabric/kernel/relay-into.js';
import { guestFolders } from './guest-folder.js';
import type { GuestFolder, GuestRecord } from './guest-folder.js';
import type { GuestRelay } from './guest-network.js';
import { forwardToGuest } from './user-network.js';

/** A guest of this host, as its folder describes it. */
export interface FoundGuest {
  readonly folder: GuestFolder;
  readonly record: GuestRecord;
}

/**
 * The guests that match a text: the server's id, its name, its host name or an address. Several if servers have the
 * same name.
 */
export async function findGuests(instancesPath: string, wanted: string): Promise<FoundGuest[]> {
  const folders = await guestFolders(instancesPath);
  const found = await Promise.all(folders.map(async (folder) => ({ folder, record: await folder.read() })));
  const guests = found.flatMap(({ folder, record }) => (record === undefined ? [] : [{ folder, record }]));
  return guests.filter(({ record }) => namesOf(record).includes(wanted));
}

function namesOf({ id, displayName, instanceName, hostname, ports }: GuestRecord): readonly string[] {
  const addresses = ports.flatMap((port) => port.fixed_ips.map(({ ip_address: ip }) => ip));
  return [id, displayName, instanceName, hostname, ...addresses];
}

/**
 * How a TCP port of a guest can be reached from this machine without the worker; null if it cannot. Throws
 * QmpUnreachable for a guest that is off.
 */
export async function relayTo({ folder, record }: FoundGuest, port: number): Promise<GuestRelay | null> {
  const first = record.ports.find(({ fixed_ips: addresses }) => addresses.some(isIpv4));
  if (first === undefined) return null;
  if (record.networkLevel === 'user') return forwardToGuest(folder, first.id, port);
  const space = await NetworkSpace.find(spaceFile(dirname(folder.path)));
  return space === null ? null : relayInto(space, record.ports, port);
}

const isIpv4 = ({ ip_address: ip }: { readonly ip_address: string }): boolean => !ip.includes(':');
