import { Module } from '@nestjs/common';
import { ComputeOptions, GuestOptions, MessagingOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { HostGuests, VirtDriver } from '../drivers/virt-driver.js';
import { ImageServices } from '../image/image-services.js';
import { SnapshotImages } from '../image/snapshot-images.js';
import { WorkerResources } from '../service/worker-resources.js';
import { BuildManager } from './build-manager.js';
import { ComputeEndpoint } from './compute.endpoint.js';
import { ConsolePlaces } from './console-places.js';
import { ComputeHost } from './compute-host.js';
import { LeftoverGuests } from './leftover-guests.js';
import { LostStepRepair } from './lost-step-repair.js';
import { PowerSync } from './power-sync.js';
import { HostActions } from './host-actions.js';

/** A step is sent again after ten minutes without progress; longer than any backlog should last. */
const REPAIR_AFTER_MS = 600_000;

const DRIVER = Symbol('virt-driver');

/** The topic compute: the logical hosts of this worker. */
@Module({
  controllers: [ComputeEndpoint],
  providers: [
    { provide: DRIVER, inject: [WorkerResources], useFactory: (shared: WorkerResources) => shared.createDriver() },
    {
      provide: BuildManager,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: VirtDriver): BuildManager => {
        const { store, ledger, networking, lifecycle, compute, instanceNotices, casts } = shared;
        return new BuildManager(store, ledger, driver, networking, lifecycle, compute, instanceNotices, casts);
      },
    },
    {
      provide: HostActions,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: VirtDriver): HostActions => {
        const { store, ledger, lifecycle, compute: settings, casts, networking, config } = shared;
        const offloadTime = (): number => config.get(ComputeOptions).shelvedOffloadTime;
        const snapshots = new SnapshotImages(store, new ImageServices(shared));
        const notices = shared.instanceNotices;
        const services = { store, driver, casts, networking, snapshots, settings, offloadTime, notices };
        return new HostActions(services, ledger, lifecycle);
      },
    },
    {
      provide: ConsolePlaces,
      inject: [WorkerResources, DRIVER],
      useFactory: ({ store, compute, config }: WorkerResources, driver: VirtDriver): ConsolePlaces =>
        new ConsolePlaces(store, driver, compute, config),
    },
    {
      provide: ComputeHost,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: VirtDriver): ComputeHost => {
        const { store, registry, agents, compute, casts, tasks, config, instanceNotices } = shared;
        const host = new ComputeHost(store, driver, { registry, agents }, compute);
        const leftovers = new LeftoverGuests(store, driver, compute);
        const repair = new LostStepRepair(store, casts, instanceNotices);
        const intervalMs = config.get(ServiceOptions).reportInterval * 1_000;
        tasks.add({ name: 'report', intervalMs, immediately: true, essential: true, run: () => host.report() });
        tasks.add({ name: 'leftovers', intervalMs: 60_000, immediately: true, run: () => leftovers.remove() });
        if (driver.hostGuests !== undefined) addGuestTasks(shared, driver, driver.hostGuests);
        // Messages inside the process were lost with the previous process: every open task has lost its step.
        const resumes = messagesInProcess(config);
        let idleMs = resumes ? 0 : REPAIR_AFTER_MS;
        const repairLostSteps = async (): Promise<void> => {
          await repair.run(idleMs);
          idleMs = REPAIR_AFTER_MS;
        };
        tasks.add({ name: 'repair lost steps', intervalMs: 60_000, immediately: resumes, run: repairLostSteps });
        return host;
      },
    },
  ],
})
export class ComputeModule {}

/** Periodic tasks for the host's guests, beside the steps of their servers. */
function addGuestTasks(
  { store, compute, instanceNotices, config, tasks }: WorkerResources,
  driver: VirtDriver,
  guests: HostGuests,
): void {
  const { resumeGuestsStateOnHostBoot } = config.get(GuestOptions);
  const power = new PowerSync(store, driver, guests, instanceNotices, { ...compute, resumeGuestsStateOnHostBoot });
  guests.watch((id) => void power.look(id));
  tasks.add({ name: 'guests of this host', intervalMs: 15_000, immediately: true, run: () => guests.sweep() });
  tasks.add({ name: 'power states', intervalMs: 60_000, immediately: true, run: () => power.lookAtAll() });
}

function messagesInProcess(config: Configuration): boolean {
  const { transportUrl } = config.get(MessagingOptions);
  return transportUrl === undefined || transportUrl.startsWith('memory:');
}
