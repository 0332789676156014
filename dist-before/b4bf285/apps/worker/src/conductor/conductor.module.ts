import { Module } from '@nestjs/common';
import { ImageCatalog } from '../image/image-catalog.js';
import { WorkerResources } from '../service/worker-resources.js';
import { CatalogEndpoint } from './catalog.endpoint.js';
import { FlavorService } from './flavors/flavor.service.js';
import { HypervisorList } from './hypervisor-list.js';
import { KeypairService } from './keypairs/keypair.service.js';
import { LimitsService } from './limits.service.js';
import { ServerEndpoint } from './server.endpoint.js';
import { ServiceList } from './service-list.js';
import { BuildStart } from './servers/build-start.js';
import { ServerCreation } from './servers/create-servers.js';
import { ServerActions } from './servers/server-actions.js';
import { ServerMetadataItems } from './servers/server-metadata.js';
import { ServerObjects } from './servers/server-object.js';
import { ServerService } from './servers/server.service.js';

/** The topic conductor. */
@Module({
  controllers: [ServerEndpoint, CatalogEndpoint],
  providers: [
    {
      provide: ServerService,
      inject: [WorkerResources],
      useFactory: (shared: WorkerResources): ServerService => {
        const { store, authorizer, networking, casts, quotas, compute, instanceNotices: notices } = shared;
        const images = new ImageCatalog(store, authorizer);
        const creation = new ServerCreation(store, authorizer, networking, images, casts, quotas);
        const objects = new ServerObjects(networking, compute.instanceNameTemplate);
        return new ServerService(store, authorizer, creation, objects, networking, notices);
      },
    },
    {
      provide: ServerActions,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, lifecycle, casts, instanceNotices }: WorkerResources): ServerActions =>
        new ServerActions(store, authorizer, lifecycle, casts, instanceNotices),
    },
    {
      provide: ServerMetadataItems,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, quotas }: WorkerResources): ServerMetadataItems =>
        new ServerMetadataItems(store, authorizer, quotas),
    },
    {
      provide: BuildStart,
      inject: [WorkerResources],
      useFactory: ({ store, ledger, casts }: WorkerResources): BuildStart => new BuildStart(store, ledger, casts),
    },
    {
      provide: FlavorService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): FlavorService => new FlavorService(store, authorizer),
    },
    {
      provide: KeypairService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, quotas }: WorkerResources): KeypairService =>
        new KeypairService(store, authorizer, quotas),
    },
    {
      provide: LimitsService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, quotas }: WorkerResources): LimitsService =>
        new LimitsService(store, authorizer, quotas),
    },
    {
      provide: HypervisorList,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, scheduler }: WorkerResources): HypervisorList =>
        new HypervisorList(store, authorizer, scheduler.serviceDownTimeMs),
    },
    {
      provide: ServiceList,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, scheduler }: WorkerResources): ServiceList =>
        new ServiceList(store, authorizer, scheduler.serviceDownTimeMs),
    },
  ],
})
export class ConductorModule {}
