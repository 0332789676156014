import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Inject, Injectable } from '@nestjs/common';
import type { ImageUploadData } from '#libs/contracts';
import { ImageUpload } from '#libs/contracts';
import type { DiskFacts, Measures } from '#libs/imagestore';
import { ImageStoreError, Measured, TooManyBytes } from '#libs/imagestore';
import { getLogger } from '#libs/telemetry';
import { ApiOptions, ImageOptions } from '#libs/options';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { drain, withIdleLimit } from './idle-limit.js';

/**
 * Why data does not match the disk_format of its image, or undefined when it does: bytes with the signature of another
 * format, without the signature of their own, or that name files of the host.
 */
function diskFault(disk: DiskFacts, format: string | null): Fault | undefined {
  if (disk.danger !== undefined) return unfit(disk.danger);
  const signed = ['qcow2', 'vmdk', 'vdi', 'vhdx', 'iso'];
  if (format !== null && signed.includes(format) && disk.format !== format) {
    return unfit(`the image is declared as ${format}, and its content is ${disk.format ?? 'of no known format'}`);
  }
  if (format === 'raw' && disk.format !== undefined && disk.format !== 'iso') {
    return unfit(`the image is declared as raw, and its content is ${disk.format}`);
  }
  return undefined;
}

function unfit(reason: string): Fault {
  return new Fault(415, `Image content does not match disk_format: ${reason}`, { code: 'ImageDataInvalid' });
}

const log = getLogger('albireo.gateway.image');

/** The writer renews its claim three times within a lease. */
const RENEWALS = 3;

/** Receives the bytes of an image from a client and stores them: a claim, the bytes, a finish. */
@Injectable()
export class ImageReceiver {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
    @Inject(ImageOptions) private readonly options: ImageOptions,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  /**
   * Stores the body of a request. On any failure the image is queued again and the bytes are removed: by this gateway,
   * or by a worker if this gateway is no longer running. Throws Fault.
   */
  async receive(request: FastifyRequest, id: string, purpose: 'upload' | 'stage'): Promise<void> {
    try {
      const size = announcedSize(request);
      const wanted = request.headers['x-image-meta-store'];
      const store = typeof wanted === 'string' ? wanted : null;
      const claim = await this.images.call(request, 'image_data_claim', { id, purpose, size, store });
      await this.#fill(request, ImageUpload.unwrap(claim), size);
    } catch (error) {
      // The client is gone, so nobody reads this response.
      if (request.raw.destroyed && !request.raw.complete)
        throw badRequest('The connection was closed before all of the data had come.');
      drain(request.raw);
      throw error;
    }
  }

  async #fill(request: FastifyRequest, upload: ImageUploadData, announced: number | null): Promise<void> {
    const { image_id: id, token } = upload;
    let measures: Measures;
    try {
      measures = await this.#write(request, upload);
      if (announced !== null && measures.size !== announced) {
        throw badRequest(`Expected ${announced} bytes of image data, found ${measures.size}.`);
      }
      if (this.options.requireImageFormatMatch) {
        const fault = diskFault(measures.disk, upload.disk_format);
        if (fault !== undefined) throw fault;
      }
    } catch (error) {
      await this.#abandon(request, upload);
      throw faultOf(error);
    }
    const { size, checksum, os_hash_algo, os_hash_value, disk } = measures;
    const facts = { size, checksum, os_hash_algo, os_hash_value, virtual_size: disk.virtualSize };
    try {
      await this.images.call(this.#anew(request), 'image_data_finish', { id, token, ...facts });
    } catch (error) {
      // Only then is it certain that these bytes are unused. After any other failure the finish may have taken effect.
      if (error instanceof Fault && error.status === 410) {
        await this.edge.imageStores.find(upload.store)?.remove(upload.key);
        await this.#abandon(request, upload);
      }
      throw error;
    }
  }

  /** Otherwise the worker finds it when the lease has expired. */
  async #abandon(request: FastifyRequest, { image_id: id, token }: ImageUploadData): Promise<void> {
    const abandoned = this.images.call(this.#anew(request), 'image_data_abandon', { id, token });
    await abandoned.catch((reason: unknown) => log.warning(`The upload of image ${id} stays open: ${String(reason)}`));
  }

  /** Writes the body under the claim's key, and renews the claim meanwhile. */
  async #write(request: FastifyRequest, upload: ImageUploadData): Promise<Measures> {
    const store = this.edge.imageStores.find(upload.store);
    if (store === undefined) {
      throw new Fault(503, `The image store ${upload.store} is not available here.`, { code: 'StoreUnavailable' });
    }
    const { image_id: id, token, key, limit, lease_seconds: lease } = upload;
    const body = request.body instanceof Readable ? request.body : Readable.from([]);
    const lost = new AbortController();
    const renewal = setInterval(
      () => {
        this.images.call(this.#anew(request), 'image_data_renew', { id, token }).catch((error: unknown) => {
          // A worker that is temporarily down is no reason to discard the received data.
          if (error instanceof Fault && error.status === 410) lost.abort(error);
        });
      },
      (lease * 1000) / RENEWALS,
    );
    try {
      const measured = new Measured(
        until(lost.signal, withIdleLimit(body, this.options.dataIdleTimeout * 1000)),
        limit,
      );
      await store.write(key, measured);
      return measured.finish();
    } finally {
      clearInterval(renewal);
    }
  }

  /** The request with its full time limit: the duration of a transfer does not count against its calls. */
  #anew(request: FastifyRequest): Pick<FastifyRequest, 'edge'> {
    return { edge: { ...request.edge, deadlineMs: performance.now() + this.api.requestTimeout * 1000 } };
  }
}

/** The chunks until the signal is aborted; then its reason is thrown. */
async function* until(signal: AbortSignal, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

/** As in glance: a special header, otherwise Content-Length; null for a body of unknown length. */
function announcedSize({ headers }: FastifyRequest): number | null {
  const text = headers['x-openstack-image-size'] ?? headers['content-length'];
  if (text === undefined || text === '') return null;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw badRequest('Invalid or missing image size in request headers.');
  }
  return Number(text);
}

/** The failure of a transfer, with glance's text. */
function faultOf(error: unknown): unknown {
  if (error instanceof TooManyBytes) {
    const text = `The incoming image is too large: more than ${error.limit} bytes.`;
    return new Fault(413, text, { code: 'ImageLimitExceeded', cause: error });
  }
  if (!(error instanceof ImageStoreError)) return error;
  // Removed by the cleanup, after a silence longer than the lease.
  if (error.code === 'ObjectMissing') return new Fault(410, error.message, { code: 'ImageGone', cause: error });
  if (error.code === 'StoreFull') {
    return new Fault(413, `Image storage media is full: ${error.message}`, { code: error.code, cause: error });
  }
  return new Fault(503, `Insufficient permissions on image storage media: ${error.message}`, {
    code: error.code,
    cause: error,
  });
}
