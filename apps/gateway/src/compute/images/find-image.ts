import type { FastifyRequest } from 'fastify';
import { Image } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import type { ImageClient } from '../../edge/rpc/clients.js';

/** An image that the caller may see. Throws Fault 404 with nova's text. */
export async function findImage(client: ImageClient, request: FastifyRequest, id: string): Promise<ImageData> {
  try {
    return Image.unwrap(await client.call(request, 'image_get', { id }));
  } catch (error) {
    if (!(error instanceof Fault) || error.status !== 404) throw error;
    throw new Fault(404, 'Image not found.', { code: 'ImageNotFound', cause: error });
  }
}
