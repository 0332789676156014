import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { IdentityOptions, ImageOptions } from '#libs/options';
import { WorkerResources } from '../service/worker-resources.js';
import { bootstrapImages } from './image-bootstrap.js';
import { ImageServices } from './image-services.js';
import { seedMetadefs } from './metadefs/metadef-seed.js';
import { ImageEndpoint } from './image.endpoint.js';

/** The topic image. */
@Module({
  controllers: [ImageEndpoint],
  providers: [
    {
      provide: ImageServices,
      inject: [WorkerResources],
      useFactory: (shared: WorkerResources): ImageServices => new ImageServices(shared),
    },
  ],
})
export class ImageModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly shared: WorkerResources,
    private readonly images: ImageServices,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const options = this.shared.config.get(ImageOptions);
    await bootstrapImages(this.shared.store, options.images, this.shared.config.get(IdentityOptions).adminProjectName);
    await seedMetadefs(this.shared.store);
    this.shared.tasks.add({
      name: 'sweep image data',
      intervalMs: options.dataSweepInterval * 1_000,
      byClock: true,
      run: () => this.images.sweep(),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.images.importer.stop();
  }
}
