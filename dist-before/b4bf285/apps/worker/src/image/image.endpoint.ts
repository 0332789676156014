import { Image, ImagePage, imageContract } from '#libs/contracts';
import type { IdArgs, ImageContract, ListArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging';
import type { ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { ImageCatalog } from './image-catalog.js';

/** The topic image. */
@RpcEndpoint(imageContract)
export class ImageEndpoint {
  constructor(private readonly images: ImageCatalog) {}

  @RpcMethod('image_list')
  async list(ctx: RequestContext, args: ListArgs): Promise<ResultOf<ImageContract, 'image_list'>> {
    return ImagePage.wrap(await this.images.list(ctx, args));
  }

  @RpcMethod('image_get')
  async get(ctx: RequestContext, args: IdArgs): Promise<ResultOf<ImageContract, 'image_get'>> {
    return Image.wrap(await this.images.get(ctx, args.id));
  }
}
