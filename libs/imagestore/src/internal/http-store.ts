import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ImageStoreError } from '../image-store.js';
import type { ByteRange, ImageStore, StoreFacts } from '../image-store.js';
import type { ImportFilter } from '../web/import-filter.js';
import { WebSourceError, openWebSource } from '../web/web-source.js';
import type { WebQuestion } from '../web/web-source.js';

export interface HttpSettings {
  /** Which URLs may be requested, and which of their addresses. */
  readonly filter: ImportFilter;
  readonly caFile: string | undefined;
  readonly isInsecure: boolean;
}

/**
 * Data that is stored elsewhere, under foreign URLs: it is read, but neither written nor removed. Every request is
 * checked by the filter, including redirects and addresses.
 */
export class HttpStore implements ImageStore {
  readonly id: string;
  readonly kind = 'http';
  readonly description: string | undefined;
  readonly weight: number;
  readonly properties = {};
  readonly #settings: HttpSettings;

  constructor(settings: HttpSettings, facts: StoreFacts) {
    ({ id: this.id, description: this.description, weight: this.weight } = facts);
    this.#settings = settings;
  }

  async write(): Promise<void> {
    throw new ImageStoreError('StoreReadOnly', `The image store ${this.id} takes no data.`);
  }

  async read(url: string, range?: ByteRange): Promise<Readable> {
    const answer = await this.#ask(url, range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` });
    // The server may not support ranges.
    return range === undefined || answer.statusCode === 206 ? answer : Readable.from(partOf(answer, range));
  }

  /** Number of bytes at a URL; 0 when the server does not report it. Errors: ObjectMissing, StoreUnavailable. */
  async sizeOf(url: string): Promise<number> {
    const answer = await this.#ask(url, { method: 'HEAD' });
    answer.destroy();
    const size = Number(answer.headers['content-length'] ?? 0);
    return Number.isSafeInteger(size) ? size : 0;
  }

  async remove(): Promise<void> {
    // The data does not belong to this service.
  }

  urlOf(url: string): string {
    return url;
  }

  async close(): Promise<void> {
    // There are only the connections of responses.
  }

  async #ask(url: string, question: WebQuestion) {
    const { filter, caFile, isInsecure } = this.#settings;
    try {
      const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
      return await openWebSource(url, filter, { ...question, tls: { rejectUnauthorized: !isInsecure, ...ca } });
    } catch (error) {
      if (!(error instanceof WebSourceError)) throw new ImageStoreError('StoreUnavailable', 'No authorities.', error);
      const isMissing = error.status === 404 || error.status === 410;
      throw new ImageStoreError(isMissing ? 'ObjectMissing' : 'StoreUnavailable', error.message, error);
    }
  }
}

async function* partOf(source: AsyncIterable<Uint8Array>, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of source) {
    const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    at += chunk.byteLength;
    if (part.byteLength > 0) yield part;
    if (at > end) return;
  }
}
