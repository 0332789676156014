import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { S3Client } from '@aws-sdk/client-s3';
import { ImageStoreError } from '../image-store.js';

export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** A bucket of an S3 server: see `[glance_store] s3_store_*`. */
export interface S3Settings {
  /** URL of the server; http if it has no scheme. */
  readonly host: string;
  readonly region: string | undefined;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  /** Creates a missing bucket. */
  readonly createsBucket: boolean;
  readonly urlFormat: 'auto' | 'virtual' | 'path';
  /** Bytes of a part; S3 requires at least 5 MiB for all but the last. */
  readonly partBytes: number;
  /** Parts of an object that are sent concurrently. */
  readonly parallel: number;
  readonly caFile: string | undefined;
}

/** A request fails after this time without data on its connection. */
const IDLE_MS = 60_000;
const CONNECT_MS = 10_000;
/** Maximum number of concurrent connections to the server; more requests wait. */
const SOCKETS = 64;

const AMAZON = /(^|\.)s3[.-](?:([a-z]{2}(?:-[a-z]+)+-\d)\.)?amazonaws\.com$/;

/** Loads the SDK, which is large, at the first image. */
export async function openS3Client(settings: S3Settings): Promise<{ readonly sdk: S3Sdk; readonly client: S3Client }> {
  const { host, region, accessKey, secretKey, urlFormat, caFile } = settings;
  const sdk = await import('@aws-sdk/client-s3');
  const endpoint = /^https?:\/\//.test(host) ? host : `http://${host}`;
  const amazon = AMAZON.exec(new URL(endpoint).hostname);
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
  const agents = { keepAlive: true, maxSockets: SOCKETS };
  const client = new sdk.S3Client({
    endpoint,
    region: region ?? amazon?.[2] ?? 'us-east-1',
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    forcePathStyle: urlFormat === 'path' || (urlFormat === 'auto' && amazon === null),
    // Servers other than Amazon's do not all support the later checksums; the service computes its own for every image.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      httpAgent: new HttpAgent(agents),
      httpsAgent: new HttpsAgent({ ...agents, ...ca }),
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
    },
  });
  return { sdk, client };
}

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
const FULL = new Set(['EntityTooLarge', 'InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull']);

/** The S3 server's code for the error. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.name === 'Error' && 'code' in error ? String(error.code) : error.name;
}

/** Converts any failure of a request to the store's error. Its text contains neither keys nor the server's name. */
export function s3Error(error: unknown): ImageStoreError {
  if (error instanceof ImageStoreError) return error;
  const name = nameOf(error);
  if (MISSING.has(name)) return new ImageStoreError('ObjectMissing', 'The image store has no such object.', error);
  if (FULL.has(name)) return new ImageStoreError('StoreFull', `The image store is full (${name}).`, error);
  return new ImageStoreError('StoreUnavailable', `The image store cannot be used (${name}).`, error);
}
