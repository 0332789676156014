import type { ImageData, Page } from '#libs/contracts';
import { imageView } from './images.view.js';
import type { RawQuery } from './images-query.js';

/** A page of images. `first` and `next` are paths that repeat the query, as glance gives them. */
export function imagesPageView(query: RawQuery, page: Page<ImageData>): object {
  const first = parameters(query);
  return {
    images: page.objects.map(imageView),
    first: withQuery(first),
    ...(page.next_marker === null ? {} : { next: withQuery([...first, ['marker', page.next_marker]]) }),
    schema: '/v2/schemas/images',
  };
}

function parameters(query: RawQuery): [string, string][] {
  return Object.entries(query).flatMap(([key, found]) => {
    if (key === 'marker' || found === undefined) return [];
    return (typeof found === 'string' ? [found] : found).map((value): [string, string] => [key, value]);
  });
}

function withQuery(pairs: [string, string][]): string {
  const text = new URLSearchParams(pairs).toString();
  return text === '' ? '/v2/images' : `/v2/images?${text}`;
}
