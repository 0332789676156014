import { Module } from '@nestjs/common';
import { WorkerResources } from '../service/worker-resources.js';
import { HostChooser } from './host-chooser.js';
import { SchedulerEndpoint } from './scheduler.endpoint.js';

/** The topic scheduler. */
@Module({
  controllers: [SchedulerEndpoint],
  providers: [
    {
      provide: HostChooser,
      inject: [WorkerResources],
      useFactory: ({ config }: WorkerResources): HostChooser => new HostChooser(config),
    },
  ],
})
export class SchedulerModule {}
