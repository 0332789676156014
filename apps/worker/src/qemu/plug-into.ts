import { netdevCommand, netdevId, nicDevice, nicId } from './guest-nics.js';
import type { GuestFolder } from './guest-folder.js';
import type { GuestHardware } from './hardware.js';
import type { PluggedPort } from './guest-network.js';
import { QmpError, withQmp } from './qmp-client.js';
import type { QmpClient } from './qmp-client.js';

/** How long a guest may take to release a NIC. */
const UNPLUG_MS = 20_000;

/** Changes a running guest's NICs to `wanted`, and removes the others. May be repeated. */
export async function plugInto(
  folder: GuestFolder,
  had: readonly PluggedPort[],
  wanted: readonly PluggedPort[],
  hardware: GuestHardware,
): Promise<void> {
  await withQmp(folder.qmp, async (qmp) => {
    const gone = had.filter(({ portId }) => !wanted.some((port) => port.portId === portId));
    for (const port of gone) await takeOut(qmp, port);
    const there = await nicIds(qmp);
    for (const [index, port] of wanted.entries()) {
      if (!there.has(nicId(port.portId))) await putIn(qmp, port, index, hardware);
    }
  });
}

async function nicIds(qmp: QmpClient): Promise<ReadonlySet<string>> {
  const found = await qmp.execute('qom-list', { path: '/machine/peripheral' });
  return new Set(Array.isArray(found) ? found.map(({ name }: { name: string }) => name) : []);
}

async function putIn(qmp: QmpClient, port: PluggedPort, index: number, hardware: GuestHardware): Promise<void> {
  // A backend left by an earlier attempt would be in the way.
  await qmp.execute('netdev_del', { id: netdevId(port.portId) }).catch(ignoreUnknown);
  await qmp.execute('netdev_add', netdevCommand(port));
  const place = hardware.machine === 'q35' ? { bus: `spare${index}` } : {};
  await qmp.execute('device_add', { ...nicDevice(port, hardware), ...place });
}

async function takeOut(qmp: QmpClient, port: PluggedPort): Promise<void> {
  const id = nicId(port.portId);
  const left = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), UNPLUG_MS);
    timer.unref();
    const end = qmp.onEvent(({ event, data }) => {
      if (event !== 'DEVICE_DELETED' || data['device'] !== id) return;
      clearTimeout(timer);
      end();
      resolve(true);
    });
  });
  const isThere = await qmp.execute('device_del', { id }).then(
    () => true,
    (error: unknown) => {
      ignoreUnknown(error);
      return false;
    },
  );
  // A guest that does not release it keeps a NIC without a backend, which passes no traffic any more.
  if (isThere) await left;
  await qmp.execute('netdev_del', { id: netdevId(port.portId) }).catch(ignoreUnknown);
}

function ignoreUnknown(error: unknown): void {
  if (
    error instanceof QmpError &&
    (error.kind === 'DeviceNotFound' || /not found|in the process of unplug/i.test(error.message))
  )
    return;
  throw error;
}
