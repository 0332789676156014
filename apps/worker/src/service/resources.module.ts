import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Configuration } from '#libs/config';
import { TRANSPORT } from '#libs/messaging/nest';
import { InstanceCasts } from '../instances/instance-casts.js';
import { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import { InstanceNetworking } from '../instances/instance-networking.js';
import { InstanceNotices } from '../notifications/instance-notices.js';
import { Authorizer } from '../policy/authorizer.js';
import { Outbox, PostgresDeliveryLedger, Store } from '../store/index.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { ServiceRegistry } from './service-registry.js';
import { WorkerResources } from './worker-resources.js';

/** Provides the shared objects of the worker process to every topic's module, each under its class. */
@Module({})
export class ResourcesModule {
  static for(resources: WorkerResources): DynamicModule {
    const providers = [
      { provide: WorkerResources, useValue: resources },
      { provide: Configuration, useValue: resources.config },
      { provide: TRANSPORT, useValue: resources.transport },
      { provide: Store, useValue: resources.store },
      { provide: Outbox, useValue: resources.outbox },
      { provide: PostgresDeliveryLedger, useValue: resources.ledger },
      { provide: Authorizer, useValue: resources.authorizer },
      { provide: InstanceNotices, useValue: resources.instanceNotices },
      { provide: InstanceNetworking, useValue: resources.networking },
      { provide: InstanceLifecycle, useValue: resources.lifecycle },
      { provide: InstanceCasts, useValue: resources.casts },
      { provide: ServiceRegistry, useValue: resources.registry },
      { provide: PeriodicTasks, useValue: resources.tasks },
    ];
    return { module: ResourcesModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
