import { NotificationOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { openConfiguredNotifier } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { Notices } from './notices.js';

/** How long the last notifications may take when the worker ends. */
const LAST_MS = 2_000;

/** The notifications of a worker process, by service. */
export interface WorkerNotices {
  readonly compute: Notices;
  readonly network: Notices;
  /** Sends what is under way and closes a broker connection of its own. */
  close(): Promise<void>;
}

export const silentNotices: WorkerNotices = {
  compute: new Notices(),
  network: new Notices(),
  close: async () => undefined,
};

/** As `[oslo_messaging_notifications]` says: nothing without a driver. */
export async function openNotices(config: Configuration, transport: Transport): Promise<WorkerNotices> {
  const { driver } = config.get(NotificationOptions);
  if (driver.every((name) => name === 'noop')) return silentNotices;
  const compute = await openConfiguredNotifier(config, 'compute', transport);
  const { host } = compute;
  // One connection for both: only the name of the publisher differs.
  const notices = {
    compute: new Notices(compute.notifier),
    network: new Notices(compute.notifier.prepare({ publisherId: `network.${host}` })),
  };
  return {
    ...notices,
    close: async () => {
      await Promise.all([notices.compute.settle(LAST_MS), notices.network.settle(LAST_MS)]);
      await compute.stop();
    },
  };
}
