import { Service } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { resourceView } from '../resource/resource-view.js';
import { toMicroseconds } from '../time-form.js';

/** Services are registered under Albireo's own names (which older workers write and read); clients know nova's. */
const STORED = 'albireo-';
const SHOWN = 'nova-';

/** `albireo-compute` as `nova-compute`. */
export const shownBinary = (binary: string): string =>
  binary.startsWith(STORED) ? SHOWN + binary.slice(STORED.length) : binary;

/** The inverse; a name that is not nova's matches no service. */
export const storedBinary = (binary: string): string =>
  binary.startsWith(SHOWN) ? STORED + binary.slice(SHOWN.length) : SHOWN + binary;

/** A service as administrators see it. */
export function serviceView(service: ServiceData, version: number): Record<string, unknown> {
  return resourceView(Service, service, { version, view: 'detail' }, { binary: shownBinary(service.binary) });
}

/** The zone of services other than compute hosts; only shown with details. */
const INTERNAL_ZONE = 'internal';

/** Zones: available while one of their services is up and enabled. */
export function zonesView(services: readonly ServiceData[], detailed: boolean): Record<string, unknown> {
  const zones = new Map<string, ServiceData[]>();
  const shown = services.filter((service) => detailed || service.zone !== INTERNAL_ZONE);
  for (const service of shown) zones.set(service.zone, [...(zones.get(service.zone) ?? []), service]);
  const zoneOf = ([zoneName, members]: [string, ServiceData[]]): Record<string, unknown> => ({
    zoneName,
    zoneState: { available: members.some((service) => service.state === 'up' && service.status === 'enabled') },
    hosts: detailed ? hostsOf(members) : null,
  });
  return { availabilityZoneInfo: [...zones].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(zoneOf) };
}

function hostsOf(services: readonly ServiceData[]): Record<string, Record<string, unknown>> {
  const hosts = new Map<string, Record<string, unknown>>();
  for (const service of services) {
    const binaries = hosts.get(service.host) ?? {};
    hosts.set(service.host, binaries);
    binaries[shownBinary(service.binary)] = {
      available: service.state === 'up',
      active: service.status === 'enabled',
      updated_at: toMicroseconds(service.updated_at),
    };
  }
  return Object.fromEntries(hosts);
}
