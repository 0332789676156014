import {
  Image,
  ImageMember,
  ImageLocations,
  ImageMembers,
  ImagePage,
  ImageSource,
  ImageTask,
  ImageTaskPage,
  ImageUpload,
  ImageUsage,
  MetadefItem,
  MetadefItems,
  MetadefNamespace,
  MetadefNamespaces,
  MetadefResourceTypes,
  imageContract,
} from '#libs/contracts';
import type {
  IdArgs,
  ImageActionArgs,
  ImageContract,
  ImageCreateArgs,
  ImageData,
  ImageFinishArgs,
  ImageImportArgs,
  ImageLocationAddArgs,
  ImageMemberArgs,
  ImageMemberUpdateArgs,
  ImageStoreArgs,
  ImageTagArgs,
  ImageTaskCreateArgs,
  ImageTokenArgs,
  ImageUpdateArgs,
  ImageUploadArgs,
  MetadefItemArgs,
  MetadefItemCreateArgs,
  MetadefItemUpdateArgs,
  MetadefItemsArgs,
  MetadefListArgs,
  MetadefNamespaceArgs,
  MetadefNamespaceCreateArgs,
  MetadefNamespaceUpdateArgs,
  ListArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { CallName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { ImageServices } from './image-services.js';

type Result<K extends CallName<ImageContract>> = Promise<ResultOf<ImageContract, K>>;

/** The topic image. */
@RpcEndpoint(imageContract)
export class ImageEndpoint {
  constructor(private readonly images: ImageServices) {}

  @RpcMethod('image_list')
  async list(ctx: RequestContext, args: ListArgs): Result<'image_list'> {
    const page = await this.images.catalog.list(ctx, args);
    return ImagePage.wrap({ ...page, objects: await this.images.locations.shown(ctx, page.objects) });
  }

  @RpcMethod('image_get')
  async get(ctx: RequestContext, args: IdArgs): Result<'image_get'> {
    return this.#shown(ctx, await this.images.catalog.get(ctx, args.id));
  }

  @RpcMethod('image_create')
  async create(ctx: RequestContext, args: ImageCreateArgs): Result<'image_create'> {
    return this.#shown(ctx, await this.images.manager.create(ctx, args));
  }

  @RpcMethod('image_update')
  async update(ctx: RequestContext, args: ImageUpdateArgs): Result<'image_update'> {
    return this.#shown(ctx, await this.images.manager.update(ctx, args));
  }

  @RpcMethod('image_delete')
  async delete(ctx: RequestContext, args: IdArgs): Result<'image_delete'> {
    await this.images.manager.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('image_action')
  async act(ctx: RequestContext, args: ImageActionArgs): Result<'image_action'> {
    await this.images.manager.act(ctx, args);
    return null;
  }

  @RpcMethod('image_tag')
  async tag(ctx: RequestContext, args: ImageTagArgs): Result<'image_tag'> {
    await this.images.manager.tag(ctx, args);
    return null;
  }

  @RpcMethod('image_member_list')
  async listMembers(ctx: RequestContext, args: IdArgs): Result<'image_member_list'> {
    return ImageMembers.wrap({ members: await this.images.members.list(ctx, args.id) });
  }

  @RpcMethod('image_member_get')
  async getMember(ctx: RequestContext, args: ImageMemberArgs): Result<'image_member_get'> {
    return ImageMember.wrap(await this.images.members.get(ctx, args));
  }

  @RpcMethod('image_member_create')
  async addMember(ctx: RequestContext, args: ImageMemberArgs): Result<'image_member_create'> {
    return ImageMember.wrap(await this.images.members.create(ctx, args));
  }

  @RpcMethod('image_member_update')
  async updateMember(ctx: RequestContext, args: ImageMemberUpdateArgs): Result<'image_member_update'> {
    return ImageMember.wrap(await this.images.members.update(ctx, args));
  }

  @RpcMethod('image_member_delete')
  async removeMember(ctx: RequestContext, args: ImageMemberArgs): Result<'image_member_delete'> {
    await this.images.members.delete(ctx, args);
    return null;
  }

  @RpcMethod('image_data_claim')
  async claim(ctx: RequestContext, args: ImageUploadArgs): Result<'image_data_claim'> {
    return ImageUpload.wrap(await this.images.data.claim(ctx, args));
  }

  @RpcMethod('image_data_renew')
  async renew(ctx: RequestContext, args: ImageTokenArgs): Result<'image_data_renew'> {
    await this.images.data.renew(ctx, args);
    return null;
  }

  @RpcMethod('image_data_finish')
  async finish(ctx: RequestContext, args: ImageFinishArgs): Result<'image_data_finish'> {
    await this.images.data.finish(ctx, args);
    return null;
  }

  @RpcMethod('image_data_abandon')
  async abandon(ctx: RequestContext, args: ImageTokenArgs): Result<'image_data_abandon'> {
    await this.images.data.abandon(ctx, args);
    return null;
  }

  @RpcMethod('image_data_locate')
  async locate(ctx: RequestContext, args: IdArgs): Result<'image_data_locate'> {
    return ImageSource.wrap(await this.images.data.locate(ctx, args.id));
  }

  @RpcMethod('image_store_delete')
  async removeFromStore(ctx: RequestContext, args: ImageStoreArgs): Result<'image_store_delete'> {
    await this.images.locations.remove(ctx, args);
    return null;
  }

  @RpcMethod('image_locations_get')
  async locations(ctx: RequestContext, args: IdArgs): Result<'image_locations_get'> {
    return ImageLocations.wrap({ locations: await this.images.locations.list(ctx, args.id) });
  }

  @RpcMethod('image_location_add')
  async addLocation(ctx: RequestContext, args: ImageLocationAddArgs): Result<'image_location_add'> {
    await this.images.locations.add(ctx, args);
    return null;
  }

  @RpcMethod('image_usage_get')
  async usage(ctx: RequestContext): Result<'image_usage_get'> {
    return ImageUsage.wrap(await this.images.usage(ctx));
  }

  @RpcMethod('image_import')
  async import(ctx: RequestContext, args: ImageImportArgs): Result<'image_import'> {
    return { task_id: await this.images.imports.start(ctx, args) };
  }

  @RpcMethod('image_task_create')
  async createTask(ctx: RequestContext, args: ImageTaskCreateArgs): Result<'image_task_create'> {
    return ImageTask.wrap(await this.images.imports.createTask(ctx, args));
  }

  @RpcMethod('image_task_list')
  async listTasks(ctx: RequestContext, args: ListArgs): Result<'image_task_list'> {
    this.images.requireTasks(ctx);
    return ImageTaskPage.wrap(await this.images.tasks.list(args));
  }

  @RpcMethod('image_task_get')
  async getTask(ctx: RequestContext, args: IdArgs): Result<'image_task_get'> {
    this.images.requireTasks(ctx);
    return ImageTask.wrap(await this.images.tasks.get(args.id));
  }

  @RpcMethod('image_tasks_get')
  async tasksOf(ctx: RequestContext, args: IdArgs): Result<'image_tasks_get'> {
    const { id } = await this.images.catalog.get(ctx, args.id);
    return ImageTaskPage.wrap(await this.images.tasks.ofImage(id));
  }

  @RpcMethod('metadef_namespace_list')
  async listNamespaces(ctx: RequestContext, args: MetadefListArgs): Result<'metadef_namespace_list'> {
    return MetadefNamespaces.wrap({ namespaces: await this.images.metadefNamespaces.list(ctx, args) });
  }

  @RpcMethod('metadef_namespace_get')
  async getNamespace(ctx: RequestContext, args: MetadefNamespaceArgs): Result<'metadef_namespace_get'> {
    return MetadefNamespace.wrap(await this.images.metadefNamespaces.get(ctx, args.namespace));
  }

  @RpcMethod('metadef_namespace_create')
  async createNamespace(ctx: RequestContext, args: MetadefNamespaceCreateArgs): Result<'metadef_namespace_create'> {
    return MetadefNamespace.wrap(await this.images.metadefNamespaces.create(ctx, args));
  }

  @RpcMethod('metadef_namespace_update')
  async updateNamespace(ctx: RequestContext, args: MetadefNamespaceUpdateArgs): Result<'metadef_namespace_update'> {
    return MetadefNamespace.wrap(await this.images.metadefNamespaces.update(ctx, args));
  }

  @RpcMethod('metadef_namespace_delete')
  async deleteNamespace(ctx: RequestContext, args: MetadefNamespaceArgs): Result<'metadef_namespace_delete'> {
    await this.images.metadefNamespaces.delete(ctx, args.namespace);
    return null;
  }

  @RpcMethod('metadef_item_list')
  async listItems(ctx: RequestContext, args: MetadefItemsArgs): Result<'metadef_item_list'> {
    return MetadefItems.wrap({ items: await this.images.metadefItems.list(ctx, args) });
  }

  @RpcMethod('metadef_item_get')
  async getItem(ctx: RequestContext, args: MetadefItemArgs): Result<'metadef_item_get'> {
    return MetadefItem.wrap(await this.images.metadefItems.get(ctx, args));
  }

  @RpcMethod('metadef_item_create')
  async createItems(ctx: RequestContext, args: MetadefItemCreateArgs): Result<'metadef_item_create'> {
    return MetadefItems.wrap({ items: await this.images.metadefItems.create(ctx, args) });
  }

  @RpcMethod('metadef_item_update')
  async updateItem(ctx: RequestContext, args: MetadefItemUpdateArgs): Result<'metadef_item_update'> {
    return MetadefItem.wrap(await this.images.metadefItems.update(ctx, args));
  }

  @RpcMethod('metadef_item_delete')
  async deleteItem(ctx: RequestContext, args: MetadefItemArgs): Result<'metadef_item_delete'> {
    await this.images.metadefItems.delete(ctx, args);
    return null;
  }

  @RpcMethod('metadef_item_clear')
  async clearItems(ctx: RequestContext, args: MetadefItemsArgs): Result<'metadef_item_clear'> {
    await this.images.metadefItems.clear(ctx, args);
    return null;
  }

  @RpcMethod('metadef_resource_type_list')
  async listResourceTypes(ctx: RequestContext): Result<'metadef_resource_type_list'> {
    return MetadefResourceTypes.wrap({ resource_types: await this.images.metadefNamespaces.resourceTypes(ctx) });
  }

  async #shown(ctx: RequestContext, image: ImageData) {
    const [shown = image] = await this.images.locations.shown(ctx, [image]);
    return Image.wrap(shown);
  }
}
