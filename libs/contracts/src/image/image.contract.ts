import { call, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import {
  ImageActionArgs,
  ImageCreateArgs,
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
} from './image.args.js';
import type {
  ImageData,
  ImageLocationsData,
  ImageMemberData,
  ImageSourceData,
  ImageTaskData,
  ImageUploadData,
  ImageUsageData,
} from './image.objects.js';
import {
  MetadefItemArgs,
  MetadefItemCreateArgs,
  MetadefItemUpdateArgs,
  MetadefItemsArgs,
  MetadefListArgs,
  MetadefNamespaceArgs,
  MetadefNamespaceCreateArgs,
  MetadefNamespaceUpdateArgs,
} from './metadef.objects.js';
import type { MetadefItemData, MetadefNamespaceData, MetadefResourceTypeData } from './metadef.objects.js';

const since = '1.1';
const image = type<VersionedObject<ImageData>>();
const task = type<VersionedObject<ImageTaskData>>();
const namespace = type<VersionedObject<MetadefNamespaceData>>();
const item = type<VersionedObject<MetadefItemData>>();
const items = type<VersionedObject<{ readonly items: readonly MetadefItemData[] }>>();
const member = type<VersionedObject<ImageMemberData>>();

/**
 * The images behind the Image API. Their bytes are never sent on the bus: `image_data_claim` returns where they may be
 * written, `image_data_finish` reports what was written.
 *
 * Filters of `image_list`: `id`, `name`, `status`, `disk_format`, `container_format` (`in:a,b`, `eq:a`), `created_at`
 * and `updated_at` (`gt:`, `gte:`, `lt:`, `lte:`, `eq:`, `neq:` before ISO 8601), `visibility` (`all`: also the
 * community images of others), `owner`, `checksum`, `os_hash_value`, `os_hidden`, `protected`, `size`, `min_disk`,
 * `min_ram`, `size_min` and its like, `tag` (all of them), `member_status`; any other name is the name of a property.
 */
export const imageContract = defineContract({
  topic: 'image',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    image_list: call({
      access: ['get_images'],
      args: ListArgs,
      result: type<VersionedObject<Page<ImageData>>>(),
      idempotent: true,
    }),
    image_get: call({ access: ['get_image'], args: IdArgs, result: image, idempotent: true }),
    image_create: call({ access: ['add_image'], args: ImageCreateArgs, result: image, since }),
    /** All of the operations or none. */
    image_update: call({ access: ['modify_image'], args: ImageUpdateArgs, result: image, since }),
    image_delete: call({ access: ['delete_image'], args: IdArgs, result: type<null>(), since }),
    image_action: call({ access: ['deactivate', 'reactivate'], args: ImageActionArgs, result: type<null>(), since }),
    image_tag: call({ access: ['modify_image'], args: ImageTagArgs, result: type<null>(), since }),
    image_member_list: call({
      access: ['get_members'],
      args: IdArgs,
      result: type<VersionedObject<{ readonly members: readonly ImageMemberData[] }>>(),
      idempotent: true,
      since,
    }),
    image_member_get: call({
      access: ['get_member'],
      args: ImageMemberArgs,
      result: member,
      idempotent: true,
      since,
    }),
    image_member_create: call({ access: ['add_member'], args: ImageMemberArgs, result: member, since }),
    image_member_update: call({ access: ['modify_member'], args: ImageMemberUpdateArgs, result: member, since }),
    image_member_delete: call({ access: ['delete_member'], args: ImageMemberArgs, result: type<null>(), since }),
    /** queued → saving (or uploading, to stage): a second claim is a conflict while the first one is valid. */
    image_data_claim: call({
      access: ['upload_image', 'modify_image'],
      args: ImageUploadArgs,
      result: type<VersionedObject<ImageUploadData>>(),
      since,
    }),
    /** The writer is alive. ImageGone: another writer has the claim, or the image is deleted. */
    image_data_renew: call({
      access: ['upload_image', 'modify_image'],
      args: ImageTokenArgs,
      result: type<null>(),
      idempotent: true,
      since,
    }),
    /** The bytes are in the store: saving → active, or staged. ImageGone as above. */
    image_data_finish: call({
      access: ['upload_image', 'modify_image'],
      args: ImageFinishArgs,
      result: type<null>(),
      idempotent: true,
      since,
    }),
    /** The writer gives up: back to queued. No effect if the claim does not belong to the writer any more. */
    image_data_abandon: call({
      access: ['upload_image', 'modify_image'],
      args: ImageTokenArgs,
      result: type<null>(),
      idempotent: true,
      since,
    }),
    image_data_locate: call({
      access: ['download_image'],
      args: IdArgs,
      result: type<VersionedObject<ImageSourceData>>(),
      idempotent: true,
      since,
    }),
    /** Removes the data from one store; Conflict for the last one, or while the image is not active. */
    image_store_delete: call({
      access: ['delete_image_location'],
      args: ImageStoreArgs,
      result: type<null>(),
      since,
    }),
    image_locations_get: call({
      access: ['fetch_image_location'],
      args: IdArgs,
      result: type<VersionedObject<ImageLocationsData>>(),
      idempotent: true,
      since,
    }),
    /**
     * A task reads the URL and makes the image active. ImageForbidden if no store can read it, Conflict unless queued.
     */
    image_location_add: call({
      access: ['add_image_location'],
      args: ImageLocationAddArgs,
      result: type<null>(),
      since,
    }),
    /** Returns the task, which continues after the response; null if there is nothing to do. */
    image_import: call({
      access: ['modify_image', 'copy_image'],
      args: ImageImportArgs,
      result: type<{ readonly task_id: string | null }>(),
      since,
    }),
    image_task_list: call({
      access: ['tasks_api_access'],
      args: ListArgs,
      result: type<VersionedObject<Page<ImageTaskData>>>(),
      idempotent: true,
      since,
    }),
    image_task_get: call({ access: ['tasks_api_access'], args: IdArgs, result: task, idempotent: true, since }),
    image_task_create: call({ access: ['tasks_api_access'], args: ImageTaskCreateArgs, result: task, since }),
    /** The tasks of one image. */
    image_tasks_get: call({
      access: ['get_image'],
      args: IdArgs,
      result: type<VersionedObject<Page<ImageTaskData>>>(),
      idempotent: true,
      since,
    }),
    metadef_namespace_list: call({
      access: ['get_metadef_namespaces'],
      args: MetadefListArgs,
      result: type<VersionedObject<{ readonly namespaces: readonly MetadefNamespaceData[] }>>(),
      idempotent: true,
      since,
    }),
    metadef_namespace_get: call({
      access: ['get_metadef_namespace'],
      args: MetadefNamespaceArgs,
      result: namespace,
      idempotent: true,
      since,
    }),
    metadef_namespace_create: call({
      access: ['add_metadef_namespace'],
      args: MetadefNamespaceCreateArgs,
      result: namespace,
      since,
    }),
    metadef_namespace_update: call({
      access: ['modify_metadef_namespace'],
      args: MetadefNamespaceUpdateArgs,
      result: namespace,
      since,
    }),
    metadef_namespace_delete: call({
      access: ['delete_metadef_namespace'],
      args: MetadefNamespaceArgs,
      result: type<null>(),
      since,
    }),
    metadef_item_list: call({
      access: ['get_metadef_objects', 'get_metadef_properties', 'get_metadef_tags', 'get_metadef_resource_type'],
      args: MetadefItemsArgs,
      result: items,
      idempotent: true,
      since,
    }),
    metadef_item_get: call({
      access: ['get_metadef_object', 'get_metadef_property', 'get_metadef_tag'],
      args: MetadefItemArgs,
      result: item,
      idempotent: true,
      since,
    }),
    metadef_item_create: call({ access: ['metadef_admin'], args: MetadefItemCreateArgs, result: items, since }),
    metadef_item_update: call({ access: ['metadef_admin'], args: MetadefItemUpdateArgs, result: item, since }),
    metadef_item_delete: call({ access: ['metadef_admin'], args: MetadefItemArgs, result: type<null>(), since }),
    metadef_item_clear: call({ access: ['metadef_admin'], args: MetadefItemsArgs, result: type<null>(), since }),
    metadef_resource_type_list: call({
      access: ['list_metadef_resource_types'],
      args: null,
      result: type<VersionedObject<{ readonly resource_types: readonly MetadefResourceTypeData[] }>>(),
      idempotent: true,
      since,
    }),
    image_usage_get: call({
      access: 'users',
      args: null,
      result: type<VersionedObject<ImageUsageData>>(),
      idempotent: true,
      since,
    }),
  },
});
export type ImageContract = typeof imageContract;
