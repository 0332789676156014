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
      useFactory: ({ scheduler }: WorkerResources): HostChooser => new HostChooser(scheduler),
    },
  ],
})
export class SchedulerModule {}
