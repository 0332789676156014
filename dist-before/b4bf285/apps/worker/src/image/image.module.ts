import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { ImageOptions } from '#libs/config';
import { Authorizer } from '../policy/authorizer.js';
import { WorkerResources } from '../service/worker-resources.js';
import { Store } from '../store/index.js';
import { bootstrapImages } from './image-bootstrap.js';
import { ImageCatalog } from './image-catalog.js';
import { ImageEndpoint } from './image.endpoint.js';

/** The topic image. */
@Module({
  controllers: [ImageEndpoint],
  providers: [
    {
      provide: ImageCatalog,
      inject: [Store, Authorizer],
      useFactory: (store: Store, authorizer: Authorizer): ImageCatalog => new ImageCatalog(store, authorizer),
    },
  ],
})
export class ImageModule implements OnApplicationBootstrap {
  constructor(private readonly shared: WorkerResources) {}

  async onApplicationBootstrap(): Promise<void> {
    await bootstrapImages(this.shared.store, this.shared.config.get(ImageOptions).images);
  }
}
