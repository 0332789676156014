import { Module } from '@nestjs/common';
import { ComputeOptions, ConsoleauthOptions, ServiceOptions } from '#libs/options';
import { ImageCatalog } from '../image/image-catalog.js';
import { ImageServices } from '../image/image-services.js';
import { SnapshotImages } from '../image/snapshot-images.js';
import { HostChooser } from '../scheduler/host-chooser.js';
import { WorkerResources } from '../service/worker-resources.js';
import { CatalogEndpoint } from './catalog.endpoint.js';
import { ConsoleTokens } from './consoles/console-tokens.js';
import { FlavorService } from './flavors/flavor.service.js';
import { HypervisorList } from './hypervisor-list.js';
import { KeypairService } from './keypairs/keypair.service.js';
import { LimitsService } from './limits.service.js';
import { MigrationList } from './migration-list.js';
import { ServerEndpoint } from './server.endpoint.js';
import { ResourceEndpoint } from './resource.endpoint.js';
import { ServerGroupService } from './server-groups/server-group.service.js';
import { ServerTagItems } from './servers/server-tags.js';
import { UsageService } from './usage.service.js';
import { AggregateService } from './aggregates/aggregate.service.js';
import { ServiceList } from './service-list.js';
import { BuildStart } from './servers/build-start.js';
import { ServerCreation } from './servers/create-servers.js';
import { addServerTimers } from './servers/server-timers.js';
import { InstanceActionList } from './servers/instance-action-list.js';
import { ServerActions } from './servers/server-actions.js';
import { ServerMetadataItems } from './servers/server-metadata.js';
import { ServerObjects } from './servers/server-object.js';
import { ServerEventEffects } from './servers/server-events.js';
import { ServerOutside } from './servers/server-outside.js';
import { ServerService } from './servers/server.service.js';

/** The topic conductor. */
@Module({
  controllers: [ServerEndpoint, CatalogEndpoint, ResourceEndpoint],
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
      provide: ConsoleTokens,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, casts, config, tasks }: WorkerResources): ConsoleTokens => {
        const tokens = new ConsoleTokens(store, authorizer, casts, () => config.get(ConsoleauthOptions).tokenTtl);
        tasks.add({ name: 'sweep console tokens', intervalMs: 600_000, byClock: true, run: () => tokens.sweep() });
        return tokens;
      },
    },
    {
      provide: ServerActions,
      inject: [WorkerResources, ConsoleTokens],
      useFactory: (shared: WorkerResources, consoles: ConsoleTokens): ServerActions => {
        const { store, authorizer, lifecycle, casts, networking, quotas, config } = shared;
        const { instanceNotices: notices } = shared;
        const actions = new ServerActions({
          store,
          authorizer,
          lifecycle,
          casts,
          networking,
          quotas,
          notices,
          images: new ImageCatalog(store, authorizer),
          snapshots: new SnapshotImages(store, new ImageServices(shared)),
          reclaimInterval: () => config.get(ComputeOptions).reclaimInstanceInterval,
          resizeToSameHost: () => config.get(ComputeOptions).allowResizeToSameHost,
          chooser: new HostChooser(config),
          consoles,
          serviceDownTimeMs: config.get(ServiceOptions).serviceDownTime * 1000,
        });
        addServerTimers(shared, actions);
        return actions;
      },
    },
    {
      provide: ServerMetadataItems,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, quotas }: WorkerResources): ServerMetadataItems =>
        new ServerMetadataItems(store, authorizer, quotas),
    },
    {
      provide: InstanceActionList,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): InstanceActionList =>
        new InstanceActionList(store, authorizer),
    },
    {
      provide: MigrationList,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): MigrationList => new MigrationList(store, authorizer),
    },
    {
      provide: ServerOutside,
      inject: [WorkerResources, ServerService],
      useFactory: (shared: WorkerResources, servers: ServerService): ServerOutside => {
        const { store, authorizer, casts, networking, instanceNotices: notices } = shared;
        return new ServerOutside(
          store,
          authorizer,
          servers,
          new ServerEventEffects({ store, casts, networking, notices }),
        );
      },
    },
    {
      provide: BuildStart,
      inject: [WorkerResources],
      useFactory: ({ store, ledger, casts }: WorkerResources): BuildStart => new BuildStart(store, ledger, casts),
    },
    {
      provide: AggregateService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): AggregateService => new AggregateService(store, authorizer),
    },
    {
      provide: ServerGroupService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, quotas }: WorkerResources): ServerGroupService =>
        new ServerGroupService(store, authorizer, quotas),
    },
    {
      provide: ServerTagItems,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): ServerTagItems => new ServerTagItems(store, authorizer),
    },
    {
      provide: UsageService,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer }: WorkerResources): UsageService => new UsageService(store, authorizer),
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
      useFactory: ({ store, authorizer, config }: WorkerResources): HypervisorList =>
        new HypervisorList(store, authorizer, config.get(ServiceOptions).serviceDownTime * 1000),
    },
    {
      provide: ServiceList,
      inject: [WorkerResources],
      useFactory: ({ store, authorizer, config }: WorkerResources): ServiceList =>
        new ServiceList(store, authorizer, config.get(ServiceOptions).serviceDownTime * 1000),
    },
  ],
})
export class ConductorModule {}
