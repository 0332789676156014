import { Module } from '@nestjs/common';
import { MessagingOptions, ServiceOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { WorkerResources } from '../service/worker-resources.js';
import { BuildManager } from './build-manager.js';
import { ComputeEndpoint } from './compute.endpoint.js';
import { ComputeHost } from './compute-host.js';
import { LostStepRepair } from './lost-step-repair.js';
import { PowerManager } from './power-manager.js';

/** A step is sent again after ten minutes without a sign of life; longer than any backlog should be. */
const REPAIR_AFTER_MS = 600_000;

const DRIVER = Symbol('virt-driver');

/** The topic compute: one logical host. */
@Module({
  controllers: [ComputeEndpoint],
  providers: [
    { provide: DRIVER, inject: [WorkerResources], useFactory: (shared: WorkerResources) => shared.createDriver() },
    {
      provide: BuildManager,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: ReturnType<WorkerResources['createDriver']>): BuildManager => {
        const { store, ledger, networking, lifecycle, compute, instanceNotices } = shared;
        return new BuildManager(store, ledger, driver, networking, lifecycle, compute, instanceNotices);
      },
    },
    {
      provide: PowerManager,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: ReturnType<WorkerResources['createDriver']>): PowerManager => {
        const { store, ledger, lifecycle, compute, instanceNotices } = shared;
        return new PowerManager(store, ledger, driver, lifecycle, compute, instanceNotices);
      },
    },
    {
      provide: ComputeHost,
      inject: [WorkerResources, DRIVER],
      useFactory: (shared: WorkerResources, driver: ReturnType<WorkerResources['createDriver']>): ComputeHost => {
        const { store, registry, compute, casts, tasks, config } = shared;
        const host = new ComputeHost(store, driver, registry, compute);
        const repair = new LostStepRepair(store, casts);
        const intervalMs = config.get(ServiceOptions).reportInterval * 1_000;
        tasks.add({ name: 'report', intervalMs, immediately: true, essential: true, run: () => host.report() });
        // Messages inside the process died with the process before this one: every open task has lost its step.
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

function messagesInProcess(config: Configuration): boolean {
  const { transportUrl } = config.get(MessagingOptions);
  return transportUrl === undefined || transportUrl.startsWith('memory:');
}
