import { call, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import type { ImageData } from './image.objects.js';

/** The images behind the Image API. */
export const imageContract = defineContract({
  topic: 'image',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** Filters: id, name, status, visibility, owner, disk_format, container_format, os_hidden, protected, tag. */
    image_list: call({ args: ListArgs, result: type<VersionedObject<Page<ImageData>>>(), idempotent: true }),
    image_get: call({ args: IdArgs, result: type<VersionedObject<ImageData>>(), idempotent: true }),
  },
});
export type ImageContract = typeof imageContract;
