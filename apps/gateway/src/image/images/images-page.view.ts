import type { ImageData, Page } from '#libs/contracts';
import { imageView } from './images.view.js';
import type { LocationsShown } from './images.view.js';
import type { RawQuery } from './page-query.js';
import { pageLinks } from './page-query.js';

/**
 * A page of images. `first` and `next` are paths that repeat the query, as glance gives them: a full page has a next
 * one, which may turn out to be empty.
 * @param limit images of a page
 */
export function imagesPageView(query: RawQuery, page: Page<ImageData>, limit: number, shown: LocationsShown): object {
  const last = page.objects.length < limit ? undefined : page.objects.at(-1)?.id;
  const images = page.objects.map((image) => imageView(image, shown));
  return { images, ...pageLinks('/v2/images', query, last), schema: '/v2/schemas/images' };
}
