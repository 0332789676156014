// The data of images: stores behind one face, and what is measured of bytes on their way into one.
export { ImageStoreError, STORE_IDS } from './image-store.js';
export type { ByteRange, ImageStore, StoreId } from './image-store.js';
export { ImageStores, openImageStores } from './image-stores.js';
export { FileStore } from './internal/file-store.js';
export { S3Store } from './internal/s3-store.js';
export type { S3Settings } from './internal/s3-client.js';
export { Measured, TooManyBytes } from './measured.js';
export type { Measures } from './measured.js';
export type { DiskFacts } from './disk-header.js';
