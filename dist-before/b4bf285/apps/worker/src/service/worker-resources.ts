import {
  ComputeOptions,
  FakeDriverOptions,
  NotificationContentOptions,
  QuotaOptions,
  ServiceOptions,
} from '#libs/config';
import type { Configuration } from '#libs/config';
import type { Transport } from '#libs/messaging';
import { FakeDriver } from '../drivers/fake/fake-driver.js';
import type { FakeDriverSettings } from '../drivers/fake/fake-driver.js';
import type { VirtDriver } from '../drivers/virt-driver.js';
import type { ComputeSettings } from '../compute/compute-settings.js';
import { InstanceCasts } from '../instances/instance-casts.js';
import { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import { InstanceNetworking } from '../instances/instance-networking.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { NetworkNotices } from '../notifications/network-notices.js';
import { silentNotices } from '../notifications/open-notices.js';
import type { WorkerNotices } from '../notifications/open-notices.js';
import { networkSettings } from '../network/network-settings.js';
import { Authorizer } from '../policy/authorizer.js';
import { policySettings } from '../policy/policy-settings.js';
import { Outbox, PostgresDeliveryLedger } from '../store/index.js';
import type { Store } from '../store/index.js';
import type { SchedulerSettings } from '../scheduler/host-chooser.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { ServiceRegistry } from './service-registry.js';

/** What all topics of one worker process share. */
export class WorkerResources {
  readonly outbox: Outbox;
  readonly ledger: PostgresDeliveryLedger;
  readonly authorizer: Authorizer;
  readonly networking: InstanceNetworking;
  readonly lifecycle: InstanceLifecycle;
  readonly casts: InstanceCasts;
  readonly registry: ServiceRegistry;
  readonly instanceNotices: InstanceNotices;
  readonly networkNotices: NetworkNotices;
  readonly tasks: PeriodicTasks;

  constructor(
    readonly config: Configuration,
    readonly store: Store,
    readonly transport: Transport,
    readonly notices: WorkerNotices = silentNotices,
  ) {
    const { periodicEnable, periodicFuzzyDelay } = config.get(ServiceOptions);
    this.tasks = new PeriodicTasks({ enabled: periodicEnable, fuzzyDelayMs: periodicFuzzyDelay * 1_000 });
    this.outbox = new Outbox(store, transport);
    this.ledger = new PostgresDeliveryLedger(store);
    this.authorizer = new Authorizer(policySettings(config));
    this.networking = new InstanceNetworking(networkSettings(config));
    const { notifyOnStateChange } = config.get(NotificationContentOptions);
    this.instanceNotices = new InstanceNotices(
      notices.compute,
      notices.network,
      store,
      this.networking,
      notifyOnStateChange,
    );
    this.networkNotices = new NetworkNotices(notices.network);
    this.lifecycle = new InstanceLifecycle(this.networking, this.instanceNotices);
    this.casts = new InstanceCasts(this.outbox, transport);
    this.registry = new ServiceRegistry(store);
  }

  get quotas(): QuotaOptions {
    return this.config.get(QuotaOptions);
  }

  get compute(): ComputeSettings {
    const { host } = this.config.get(ServiceOptions);
    const { defaultAvailabilityZone, instanceNameTemplate } = this.config.get(ComputeOptions);
    const { maxAttempts } = this.transport.settings;
    return { host, availabilityZone: defaultAvailabilityZone, instanceNameTemplate, maxAttempts };
  }

  get scheduler(): SchedulerSettings {
    const options = this.config.get(ComputeOptions);
    return {
      serviceDownTimeMs: this.config.get(ServiceOptions).serviceDownTime * 1_000,
      cpuAllocationRatio: options.cpuAllocationRatio,
      ramAllocationRatio: options.ramAllocationRatio,
      diskAllocationRatio: options.diskAllocationRatio,
      reservedMemory: options.reservedHostMemoryMb,
      reservedDisk: Math.ceil(options.reservedHostDiskMb / 1024),
    };
  }

  /** The driver that `compute_driver` names. Throws TypeError for one that does not exist. */
  createDriver(): VirtDriver {
    const { computeDriver } = this.config.get(ComputeOptions);
    if (computeDriver !== 'fake') {
      throw new TypeError(`[DEFAULT] compute_driver: expected "fake", found "${computeDriver}"`);
    }
    return new FakeDriver(this.store, () => fakeSettings(this.config.get(FakeDriverOptions)));
  }
}

function fakeSettings(options: FakeDriverOptions): FakeDriverSettings {
  return {
    spawnDelayMs: options.spawnDelay * 1_000,
    powerOnDelayMs: options.powerOnDelay * 1_000,
    powerOffDelayMs: options.powerOffDelay * 1_000,
    rebootDelayMs: options.rebootDelay * 1_000,
    destroyDelayMs: options.destroyDelay * 1_000,
    failSpawnPattern: options.failSpawnPattern,
    vcpus: options.vcpus,
    memory: options.memoryMb,
    disk: options.localGb,
  };
}
