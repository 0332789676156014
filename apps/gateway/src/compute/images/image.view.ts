import { booleanOf } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import type { ResourceLinks } from '../resource-links.js';
import { toSeconds } from '../time-form.js';

const STATUSES: Readonly<Record<string, string>> = {
  active: 'ACTIVE',
  queued: 'SAVING',
  saving: 'SAVING',
  deleted: 'DELETED',
  pending_delete: 'DELETED',
  killed: 'ERROR',
};
const PROGRESS: Readonly<Record<string, number>> = { queued: 25, saving: 50, active: 100 };

/** Where an image is, in the Compute API and in the Image API. */
export interface ImageLinks {
  readonly compute: ResourceLinks;
  /** The Image API's URL, without a trailing slash. */
  readonly image: string;
}

const linksOf = ({ compute, image }: ImageLinks, id: string): object[] => [
  ...compute.both(`images/${id}`),
  { rel: 'alternate', type: 'application/vnd.openstack.image', href: `${image}/images/${id}` },
];

export function imageSummary({ id, name }: ImageData, links: ImageLinks): object {
  return { id, name, links: linksOf(links, id) };
}

export function imageDetail(image: ImageData, links: ImageLinks): object {
  const { id, name, properties, status } = image;
  const server = properties['instance_uuid'];
  const diskConfig = properties['auto_disk_config'];
  return {
    id,
    name,
    minRam: image.min_ram,
    minDisk: image.min_disk,
    metadata: properties,
    created: toSeconds(image.created_at),
    updated: toSeconds(image.updated_at),
    status: STATUSES[status] ?? 'UNKNOWN',
    progress: PROGRESS[status] ?? 0,
    'OS-EXT-IMG-SIZE:size': image.size,
    links: linksOf(links, id),
    ...(server !== undefined && { server: { id: server, links: links.compute.both(`servers/${server}`) } }),
    ...(diskConfig !== undefined && { 'OS-DCF:diskConfig': booleanOf(diskConfig) === true ? 'AUTO' : 'MANUAL' }),
  };
}
