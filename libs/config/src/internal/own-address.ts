import { networkInterfaces } from 'node:os';

/** The first non-loopback address of the machine, IPv4 before IPv6: the default of `my_ip`. */
export function ownAddress(interfaces = networkInterfaces()): string {
  const outward = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0);
  const found = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
  return found?.address ?? '127.0.0.1';
}
