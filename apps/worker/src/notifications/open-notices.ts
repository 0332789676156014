import { NotificationContentOptions, NotificationOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { openConfiguredNotifier } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { Notices } from './notices.js';
import type { NoticeWatch } from './notices.js';

/** How long the last notifications may take when the worker ends. */
const LAST_MS = 2_000;

/** The notifications of a worker process, by service. */
export interface WorkerNotices {
  /** For servers, in nova's unversioned format. */
  readonly compute: Notices;
  /** The same in the versioned format. */
  readonly versioned: Notices;
  readonly network: Notices;
  /** Sends notifications in progress and closes its own broker connection. */
  close(): Promise<void>;
}

export const silentNotices: WorkerNotices = {
  compute: new Notices(),
  versioned: new Notices(),
  network: new Notices(),
  close: async () => undefined,
};

/** As `[oslo_messaging_notifications]` configures: none without a driver. */
export async function openNotices(
  config: Configuration,
  transport: Transport,
  watch?: NoticeWatch,
): Promise<WorkerNotices> {
  const { driver } = config.get(NotificationOptions);
  if (driver.every((name) => name === 'noop')) {
    if (watch === undefined) return silentNotices;
    return { ...silentNotices, compute: new Notices(null, watch), network: new Notices(null, watch) };
  }
  const { host } = config.get(ServiceOptions);
  const compute = await openConfiguredNotifier(config, { service: 'compute', host }, transport);
  const { notifier } = compute;
  const { notificationFormat: format, versionedNotificationsTopics: topics } = config.get(NotificationContentOptions);
  // One connection for all: they differ only in the publisher's name and the topics.
  const notices = {
    compute: new Notices(format === 'versioned' ? null : notifier, watch),
    versioned: new Notices(
      format === 'unversioned' ? null : notifier.prepare({ publisherId: `nova-compute:${host}`, topics }),
    ),
    network: new Notices(notifier.prepare({ publisherId: `network.${host}` }), watch),
  };
  return {
    ...notices,
    close: async () => {
      const { compute: unversioned, versioned, network } = notices;
      await Promise.all([unversioned, versioned, network].map((each) => each.settle(LAST_MS)));
      await compute.stop();
    },
  };
}
