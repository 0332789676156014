import { Controller, Delete, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ImageData, Page } from '#libs/contracts';
import { booleanOf, ImagePage } from '#libs/contracts';
import { ApiListenOptions, ApiOptions } from '#libs/options';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import type { Query } from '../../edge/query/query.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { LAST_PROXY } from '../network-proxies/proxied.js';
import { Pages } from '../paging.js';
import type { ResourceLinks } from '../resource-links.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { findImage } from './find-image.js';
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

/** The URLs of an image in the Compute API and in the Image API. */
interface ImageLinks {
  readonly compute: ResourceLinks;
  /** The Image API's URL, without a trailing slash. */
  readonly image: string;
}

const linksOf = ({ compute, image }: ImageLinks, id: string): object[] => [
  ...compute.both(`images/${id}`),
  { rel: 'alternate', type: 'application/vnd.openstack.image', href: `${image}/images/${id}` },
];

function imageSummary({ id, name }: ImageData, links: ImageLinks): object {
  return { id, name, links: linksOf(links, id) };
}

function imageDetail(image: ImageData, links: ImageLinks): object {
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

/** Query parameter → the Image API's filter. */
const FILTERS: Readonly<Record<string, string>> = {
  name: 'name',
  status: 'status',
  server: 'instance_uuid',
  type: 'image_type',
  minRam: 'min_ram',
  minDisk: 'min_disk',
};

/** `/images` below 2.36: nova's proxy of the Image API's images. */
@Controller('v2.1/images')
export class ImagesController {
  constructor(
    private readonly client: ImageClient,
    private readonly pages: Pages,
    @Inject(ApiOptions) private readonly api: ApiOptions,
    @Inject(ApiListenOptions) private readonly listen: ApiListenOptions,
  ) {}

  @Get()
  @Microversions(1, LAST_PROXY)
  @AnyToken()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const links = this.#links(request);
    const images = page.objects.map((image) => imageSummary(image, links));
    return { images, ...this.pages.next(request, 'images', 'images', page.next_marker) };
  }

  @Get('detail')
  @Microversions(1, LAST_PROXY)
  @AnyToken()
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const links = this.#links(request);
    const images = page.objects.map((image) => imageDetail(image, links));
    return { images, ...this.pages.next(request, 'images', 'images/detail', page.next_marker) };
  }

  @Get(':id')
  @Microversions(1, LAST_PROXY)
  @AnyToken()
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { image: imageDetail(await findImage(this.client, request, id), this.#links(request)) };
  }

  @Delete(':id')
  @Microversions(1, LAST_PROXY)
  @AnyToken()
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await findImage(this.client, request, id);
    try {
      await this.client.call(request, 'image_delete', { id });
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 403) throw error;
      const options = { code: 'ImageNotAuthorized', cause: error };
      throw new Fault(403, 'You are not allowed to delete the image.', options);
    }
  }

  async #page(request: FastifyRequest): Promise<Page<ImageData>> {
    const args = { filters: filtersOf(queryOf(request)), ...this.pages.asked(request) };
    return ImagePage.unwrap(await this.client.call(request, 'image_list', args));
  }

  #links(request: FastifyRequest): ImageLinks {
    const { glanceLinkPrefix } = this.api;
    const { scheme, host } = request.edge;
    const own = `${scheme}://${host.replace(/:\d+$/, '')}:${this.listen.imageListenPort}`;
    return {
      compute: this.pages.links(request),
      image: (glanceLinkPrefix ?? own).replace(/\/+$/, ''),
    };
  }
}

function filtersOf(query: Query): Record<string, string[]> {
  const filters: Record<string, string[]> = {};
  for (const [parameter, filter] of Object.entries(FILTERS)) {
    const value = lastOf(query, parameter);
    if (value === undefined) continue;
    if (parameter === 'status') filters[filter] = [value.toLowerCase()];
    // A server may be named by its link.
    else filters[filter] = [parameter === 'server' ? value.slice(value.lastIndexOf('/') + 1) : value];
  }
  const since = lastOf(query, 'changes-since');
  if (since === undefined) return filters;
  if (Number.isNaN(Date.parse(since))) throw new Fault(400, 'Invalid changes-since value', { code: 'InvalidInput' });
  filters['updated_at'] = [`gte:${new Date(since).toISOString()}`];
  return filters;
}
