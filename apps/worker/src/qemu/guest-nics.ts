import type { NetdevArguments, PluggedPort } from './guest-network.js';
import type { GuestHardware } from './hardware.js';

/** Slots for NICs that are added to a running q35 guest; the bus of a pc has free slots anyway. */
export const SPARE_PORTS = 8;

/** Ids of a port's backend and NIC in QEMU. */
export const netdevId = (portId: string): string => `net-${portId}`;
export const nicId = (portId: string): string => `nic-${portId}`;

/** The NIC of a guest before its start. */
export function nicArguments(port: PluggedPort, index: number, hardware: GuestHardware): string[] {
  const nic = Object.entries(nicDevice(port, hardware))
    .filter(([key]) => key !== 'driver')
    .map(([key, value]) => `${key}=${String(value)}`);
  const place = hardware.machine === 'q35' && index < SPARE_PORTS ? [`bus=spare${index}`] : [];
  const words = [hardware.nicDevice, ...nic, ...place];
  return ['-netdev', netdevText(port), '-device', words.join(',')];
}

/** The arguments of a NIC, for `-device` and for QMP's `device_add`. */
export function nicDevice(
  port: PluggedPort,
  { nicDevice: driver }: GuestHardware,
): Readonly<Record<string, string | number>> {
  const isVirtio = driver === 'virtio-net-pci';
  return {
    driver,
    netdev: netdevId(port.portId),
    id: nicId(port.portId),
    mac: port.macAddress,
    ...(isVirtio && port.mtu !== null ? { host_mtu: port.mtu } : {}),
    // Without its ROM, which every start would search for a network boot.
    ...(isVirtio ? { romfile: '' } : {}),
  };
}

function netdevText({ portId, netdev }: PluggedPort): string {
  const { type, ...others } = netdev;
  const words = Object.entries(others).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${key}=${escapeComma(textOf(each))}`),
  );
  return [type, `id=${netdevId(portId)}`, ...words].join(',');
}

/** The arguments of QMP's `netdev_add`. */
export function netdevCommand({
  portId,
  netdev,
}: {
  readonly portId: string;
  readonly netdev: NetdevArguments;
}): Record<string, unknown> {
  const entries = Object.entries(netdev).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map((each: unknown) => ({ str: each })) : value,
  ]);
  return { ...Object.fromEntries(entries), id: netdevId(portId) } as Record<string, unknown>;
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** In QEMU's option texts, a comma is written twice. */
export function escapeComma(text: string): string {
  return text.replaceAll(',', ',,');
}
