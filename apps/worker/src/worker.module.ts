import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import type { TopicName } from '#libs/options';
import { ComputeModule } from './compute/compute.module.js';
import { ConductorModule } from './conductor/conductor.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { ImageModule } from './image/image.module.js';
import { NetworkModule } from './network/network.module.js';
import { SchedulerModule } from './scheduler/scheduler.module.js';
import { ResourcesModule } from './service/resources.module.js';
import type { WorkerResources } from './service/worker-resources.js';

/** One module per topic. */
const topicModules: Readonly<Record<TopicName, Type>> = {
  conductor: ConductorModule,
  scheduler: SchedulerModule,
  compute: ComputeModule,
  network: NetworkModule,
  identity: IdentityModule,
  image: ImageModule,
};

/** The worker's application: the enabled topics, on shared objects. */
@Module({})
export class WorkerModule {
  static for(topics: readonly TopicName[], resources: WorkerResources): DynamicModule {
    const modules = topics.map((topic) => topicModules[topic]);
    return { module: WorkerModule, imports: [ResourcesModule.for(resources), ...modules] };
  }
}
