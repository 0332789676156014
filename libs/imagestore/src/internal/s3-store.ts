import { Readable } from 'node:stream';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import type { ByteRange, ImageStore, StoreFacts } from '../image-store.js';
import { requireKey } from '../image-store.js';
import type { S3Sdk, S3Settings } from './s3-client.js';
import { nameOf, openS3Client, s3Error } from './s3-client.js';

/** Number of parts after which they grow, so that 10,000 of them contain 55,000 times the first. */
const GROWS_AFTER = 1_000;

/**
 * The data of a source in parts of `bytes` each, the last one smaller. The parts of the second thousand are twice as
 * large, those of the third three times, and so on. One part is in memory; a source without bytes has no part.
 */
async function* partsOf(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Buffer, undefined> {
  let count = 0;
  let part = Buffer.allocUnsafeSlow(bytes);
  let filled = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.byteLength;) {
      const taken = chunk.subarray(from, from + part.byteLength - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      from += taken.byteLength;
      if (filled < part.byteLength) continue;
      yield part;
      count += 1;
      part = Buffer.allocUnsafeSlow(bytes * (1 + Math.floor(count / GROWS_AFTER)));
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
  return undefined;
}

const FACTS: StoreFacts = { id: 's3', description: 'A bucket of an S3 server', weight: 0 };

interface Opened {
  readonly sdk: S3Sdk;
  readonly client: S3Client;
}

/**
 * Objects in a bucket of an S3 server. An object larger than a part is sent in parts, and exists when the last one is
 * complete; parts of a failed write are removed with its key.
 */
export class S3Store implements ImageStore {
  readonly id: string;
  readonly kind = 's3';
  readonly description: string | undefined;
  readonly weight: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly #settings: S3Settings;
  #opened: Promise<Opened> | undefined;

  constructor(settings: S3Settings, facts: StoreFacts = FACTS) {
    ({ id: this.id, description: this.description, weight: this.weight } = facts);
    this.#settings = settings;
    this.properties = {
      s3_store_large_object_size: settings.partBytes / 1_048_576,
      s3_store_large_object_chunk_size: settings.partBytes / 1_048_576,
      s3_store_thread_pools: settings.parallel,
    };
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    requireKey(key);
    const parts = partsOf(source, this.#settings.partBytes);
    try {
      const first = await parts.next();
      const second = first.done === true ? first : await parts.next();
      if (first.done === true || second.done === true) {
        const Body = first.value ?? Buffer.alloc(0);
        await this.#into((s3, target) => s3.client.send(new s3.sdk.PutObjectCommand({ ...target, Key: key, Body })));
        return;
      }
      await this.#writeParts(key, [first.value, second.value], parts);
    } finally {
      // Also ends the source when a part could not be sent.
      await parts.return(undefined);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    requireKey(key);
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    const { Body } = await this.#ask(({ sdk, client }, target) =>
      client.send(new sdk.GetObjectCommand({ ...target, Key: key, ...part })),
    );
    if (!(Body instanceof Readable)) throw s3Error(new TypeError('expected a stream'));
    return Body;
  }

  async remove(key: string): Promise<void> {
    requireKey(key);
    await this.#ask(async ({ sdk, client }, target) => {
      const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ ...target, Prefix: key }));
      for (const { UploadId } of Uploads) await this.#abort(key, UploadId);
      await client.send(new sdk.DeleteObjectCommand({ ...target, Key: key }));
    }).catch((error: unknown) => {
      // If there is no bucket, no data is left.
      if (!(error instanceof Error && nameOf(error.cause) === 'NoSuchBucket')) throw error;
    });
  }

  urlOf(key: string): string {
    requireKey(key);
    const { host, bucket } = this.#settings;
    const [scheme, place] = host.startsWith('https://')
      ? ['s3+https', host.slice(8)]
      : ['s3', host.replace(/^http:\/\//, '')];
    return `${scheme}://${place}/${bucket}/${key}`;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.client.destroy();
  }

  async #writeParts(key: string, begun: readonly Buffer[], more: AsyncGenerator<Buffer>): Promise<void> {
    const { UploadId } = await this.#into(({ sdk, client }, target) =>
      client.send(new sdk.CreateMultipartUploadCommand({ ...target, Key: key })),
    );
    const done: CompletedPart[] = [];
    const sending = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | undefined;
    const send = (Body: Buffer): void => {
      const PartNumber = done.push({});
      const sent = this.#ask(({ sdk, client }, target) =>
        client.send(new sdk.UploadPartCommand({ ...target, Key: key, UploadId, PartNumber, Body })),
      )
        .then(({ ETag }) => {
          done[PartNumber - 1] = { PartNumber, ETag };
        })
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => sending.delete(sent));
      sending.add(sent);
    };
    const room = async (): Promise<void> => {
      while (sending.size >= this.#settings.parallel) await Promise.race(sending);
      if (failure !== undefined) throw failure.error;
    };
    try {
      for (const part of begun) {
        await room();
        send(part);
      }
      for await (const part of more) {
        await room();
        send(part);
      }
      await Promise.all(sending);
      await room();
      await this.#ask(({ sdk, client }, target) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({ ...target, Key: key, UploadId, MultipartUpload: { Parts: done } }),
        ),
      );
    } catch (error) {
      await Promise.all(sending);
      // Parts that cannot be removed now are removed in the cleanup of the key.
      await this.#abort(key, UploadId).catch(() => undefined);
      throw error;
    }
  }

  async #abort(key: string, UploadId: string | undefined): Promise<void> {
    await this.#ask(({ sdk, client }, target) =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...target, Key: key, UploadId })),
    ).catch((error: unknown) => {
      if (!(error instanceof Error && nameOf(error.cause) === 'NoSuchUpload')) throw error;
    });
  }

  /** Like #ask, for a write: creates the bucket if it is missing and may be created. */
  async #into<T>(run: (opened: Opened, target: { readonly Bucket: string }) => Promise<T>): Promise<T> {
    try {
      return await this.#ask(run);
    } catch (error) {
      const isMissing = error instanceof Error && nameOf(error.cause) === 'NoSuchBucket';
      if (!isMissing || !this.#settings.createsBucket) throw error;
      await this.#ask(({ sdk, client }, target) => client.send(new sdk.CreateBucketCommand(target))).catch(
        (reason: unknown) => {
          // Another process created it first.
          if (!(reason instanceof Error && nameOf(reason.cause).startsWith('BucketAlready'))) throw reason;
        },
      );
      return this.#ask(run);
    }
  }

  /** Throws ImageStoreError. */
  async #ask<T>(run: (opened: Opened, target: { readonly Bucket: string }) => Promise<T>): Promise<T> {
    try {
      this.#opened ??= openS3Client(this.#settings);
      const opened = await this.#opened.catch((error: unknown) => {
        this.#opened = undefined;
        throw error;
      });
      return await run(opened, { Bucket: this.#settings.bucket });
    } catch (error) {
      throw s3Error(error);
    }
  }
}
