import type { ImageStores } from '#libs/imagestore';

export type ImportMethod = 'glance-direct' | 'web-download' | 'copy-image';

/** Ways to give an image its data other than an upload (`enabled_import_methods`). Copying requires a second store. */
export function importMethods({ writable }: Pick<ImageStores, 'writable'>): readonly ImportMethod[] {
  return writable.length > 1 ? ['glance-direct', 'web-download', 'copy-image'] : ['glance-direct', 'web-download'];
}
