import {
  ComputeOptions,
  ControlOptions,
  FakeDriverOptions,
  ImageOptions,
  NotificationContentOptions,
  NetworkQuotaOptions,
  QuotaOptions,
  SchedulerOptions,
  SerialConsoleOptions,
  ServiceOptions,
  SpiceOptions,
  VncOptions,
  VxlanOptions,
} from '#libs/options';
import type { ComputeDriverName, Configuration } from '#libs/options';
import { openImageStores } from '#libs/imagestore';
import type { ImageStores } from '#libs/imagestore';
import type { RequestInterceptor, Transport } from '#libs/messaging';
import { policyOpener } from '#libs/policy';
import { faultPlan } from '#libs/simulation';
import type { ConsoleAddress, FakeConsoleKind } from '../drivers/fake/consoles/fake-consoles.js';
import { FakeDriver } from '../drivers/fake/fake-driver.js';
import type { FakeDriverSettings } from '../drivers/fake/fake-driver.js';
import type { VirtDriver } from '../drivers/virt-driver.js';
import type { ComputeSettings } from '../compute/compute-host.js';
import type { EventLog } from '../events/event-log.js';
import { watchRequests } from '../events/event-log.js';
import { withDriverFaults } from '../fault-injection/driver-faults.js';
import { duplicatingPublisher, meetRpcFault } from '../fault-injection/rpc-faults.js';
import { InstanceCasts } from '../instances/instance-casts.js';
import { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import { InstanceNetworking } from '../instances/instance-networking.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { ResourceNotices } from '../notifications/resource-notices.js';
import { silentNotices } from '../notifications/open-notices.js';
import type { WorkerNotices } from '../notifications/open-notices.js';
import { createNetworkManagers } from '../network/create-network-managers.js';
import { networkSettings } from '../network/network-settings.js';
import { Authorizer } from '../policy/authorizer.js';
import { Quotas } from '../quota/quotas.js';
import { Outbox, PostgresDeliveryLedger } from '../store/index.js';
import type { Store } from '../store/index.js';
import { Intake } from '../snapshots/intake.js';
import { StateFence } from '../snapshots/state-fence.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { AgentReports } from '../network/agents/agent-reports.js';
import { ServiceRegistry } from './service-registry.js';

/** The objects that all topics of one worker process share. */
export class WorkerResources {
  readonly outbox: Outbox;
  readonly ledger: PostgresDeliveryLedger;
  readonly authorizer: Authorizer;
  readonly networking: InstanceNetworking;
  readonly lifecycle: InstanceLifecycle;
  readonly casts: InstanceCasts;
  readonly registry: ServiceRegistry;
  readonly agents: AgentReports;
  readonly instanceNotices: InstanceNotices;
  readonly networkNotices: ResourceNotices;
  readonly quotas: Quotas;
  /** The stores of image data: the topic image and compute hosts use them. */
  readonly imageStores: ImageStores;
  readonly tasks: PeriodicTasks;
  readonly intake = new Intake();
  /** Set if another process can replace the state. */
  readonly stateFence: StateFence | undefined;
  #driver: VirtDriver | undefined;

  constructor(
    readonly config: Configuration,
    readonly store: Store,
    readonly transport: Transport,
    readonly notices: WorkerNotices = silentNotices,
    /** For a cloud with a control port. */
    readonly events?: EventLog,
  ) {
    const { periodicEnable, periodicFuzzyDelay } = config.get(ServiceOptions);
    this.tasks = new PeriodicTasks({ enabled: periodicEnable, fuzzyDelayMs: periodicFuzzyDelay * 1_000 });
    const { enabled, snapshots } = config.get(ControlOptions);
    if (enabled) store.setFence(this.intake);
    else if (snapshots && !store.embedded) {
      this.stateFence = new StateFence();
      store.setFence(this.stateFence);
    }
    this.outbox = new Outbox(store, faultPlan.enabled ? duplicatingPublisher(transport) : transport);
    this.ledger = new PostgresDeliveryLedger(store);
    this.authorizer = new Authorizer(policyOpener(config));
    this.quotas = Quotas.configured({
      compute: config.get(QuotaOptions),
      network: config.get(NetworkQuotaOptions),
      image: config.get(ImageOptions),
    });
    this.imageStores = openImageStores(config);
    this.networking = new InstanceNetworking(
      networkSettings(config),
      this.authorizer,
      () => createNetworkManagers(store, this.authorizer, networkSettings(config)).topologies,
    );
    const { compute: unversioned, versioned, network: ports } = notices;
    this.instanceNotices = new InstanceNotices({ unversioned, versioned, ports }, store, this.networking, {
      level: config.get(NotificationContentOptions).notifyOnStateChange,
      nameTemplate: config.get(ComputeOptions).instanceNameTemplate,
    });
    this.networkNotices = new ResourceNotices(notices.network);
    this.lifecycle = new InstanceLifecycle(this.networking, this.instanceNotices);
    this.casts = new InstanceCasts(this.outbox, transport);
    this.registry = new ServiceRegistry(store);
    this.agents = new AgentReports(store, config.get(ServiceOptions).serviceDownTime);
  }

  get compute(): ComputeSettings {
    const { host } = this.config.get(ServiceOptions);
    const { hosts } = this;
    const { computeDriver, defaultAvailabilityZone, instanceNameTemplate, myIp } = this.config.get(ComputeOptions);
    const { maxAttempts } = this.transport.settings;
    const { maxAttempts: buildAttempts } = this.config.get(SchedulerOptions);
    return {
      host,
      hosts,
      tunnelIp: computeDriver === 'qemu' ? this.config.get(VxlanOptions).localIp : undefined,
      address: myIp,
      availabilityZone: defaultAvailabilityZone,
      instanceNameTemplate,
      maxAttempts,
      buildAttempts,
    };
  }

  /** The logical compute hosts of this worker: one, or as many as the fake driver simulates. */
  get hosts(): readonly string[] {
    const { host } = this.config.get(ServiceOptions);
    if (this.config.get(ComputeOptions).computeDriver === 'qemu') return [host];
    const { hosts } = this.config.get(FakeDriverOptions);
    return Array.from({ length: hosts }, (_, index) => (index === 0 ? host : `${host}-${index + 1}`));
  }

  /** Runs around every handler in a cloud for tests; otherwise undefined. */
  get interceptor(): RequestInterceptor | undefined {
    const door = this.stateFence ?? this.intake;
    if (!this.config.get(ControlOptions).enabled && !faultPlan.enabled && door === this.intake) return undefined;
    const inner: RequestInterceptor = (request, run) => meetRpcFault(request, () => door.pass(request, run));
    return this.events === undefined ? inner : watchRequests(this.events, inner);
  }

  /** The driver that `compute_driver` names. Throws Error if this machine cannot run it. */
  async createDriver(): Promise<VirtDriver> {
    const driver = await DRIVERS[this.config.get(ComputeOptions).computeDriver](this);
    this.#driver = driver;
    return faultPlan.enabled ? withDriverFaults(driver) : driver;
  }

  /** Closes the driver; its guests keep running. */
  async closeDriver(): Promise<void> {
    await this.#driver?.hostGuests?.close();
  }
}

const fakeDriver = async ({ store, config }: WorkerResources): Promise<VirtDriver> =>
  new FakeDriver(
    store,
    () => fakeSettings(config.get(FakeDriverOptions)),
    (kind) => consoleAddress(config, kind),
  );

function consoleAddress(config: Configuration, kind: FakeConsoleKind): ConsoleAddress {
  if (kind === 'serial') {
    const { proxyclientAddress } = config.get(SerialConsoleOptions);
    return { listen: proxyclientAddress, told: proxyclientAddress };
  }
  const { serverListen, serverProxyclientAddress } = kind === 'vnc' ? config.get(VncOptions) : config.get(SpiceOptions);
  return { listen: serverListen, told: serverProxyclientAddress };
}

const DRIVERS: Readonly<Record<ComputeDriverName, (shared: WorkerResources) => Promise<VirtDriver>>> = {
  fake: fakeDriver,
  'fake.FakeDriver': fakeDriver,
  // Imported only if it is used.
  qemu: async (shared) => (await import('../qemu/open-qemu-driver.js')).openQemuDriver(shared),
};

function fakeSettings(options: FakeDriverOptions): FakeDriverSettings {
  return {
    spawnDelayMs: options.spawnDelay * 1_000,
    powerOnDelayMs: options.powerOnDelay * 1_000,
    powerOffDelayMs: options.powerOffDelay * 1_000,
    rebootDelayMs: options.rebootDelay * 1_000,
    rebuildDelayMs: options.rebuildDelay * 1_000,
    changePasswordDelayMs: options.changePasswordDelay * 1_000,
    liveMigrationDelayMs: options.liveMigrationDelay * 1_000,
    destroyDelayMs: options.destroyDelay * 1_000,
    failSpawnPattern: options.failSpawnPattern,
    vcpus: options.vcpus,
    memory: options.memoryMb,
    disk: options.localGb,
  };
}
