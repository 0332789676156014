import type { ImageData } from '#libs/contracts';
import type { ImageServiceOptions } from '#libs/options';

/** Which locations an image shows. */
export type LocationsShown = Pick<ImageServiceOptions, 'showMultipleLocations' | 'showImageDirectUrl'>;

/** An image as Image v2 shows it: its properties are next to its own fields and cannot replace them. */
export function imageView(image: ImageData, shown: LocationsShown): Readonly<Record<string, unknown>> {
  const [first] = image.locations;
  return {
    ...image.properties,
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    protected: image.protected,
    owner: image.owner,
    disk_format: image.disk_format,
    container_format: image.container_format,
    size: image.size,
    virtual_size: image.virtual_size,
    min_disk: image.min_disk,
    min_ram: image.min_ram,
    checksum: image.checksum,
    os_hash_algo: image.os_hash_algo,
    os_hash_value: image.os_hash_value,
    os_hidden: image.os_hidden,
    ...(shown.showMultipleLocations ? { locations: image.locations } : {}),
    ...(shown.showImageDirectUrl && first !== undefined ? { direct_url: first.url } : {}),
    tags: image.tags,
    created_at: wholeSeconds(image.created_at),
    updated_at: wholeSeconds(image.updated_at),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
    ...(image.stores.length === 0 ? {} : { stores: image.stores.join(',') }),
  };
}

/** Times in responses have no fractions. */
export function wholeSeconds(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}
