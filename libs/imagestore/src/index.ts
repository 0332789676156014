// The data of images: stores with a common interface, and the measurement of bytes on their way into one.
export { ImageStoreError } from './image-store.js';
export type { ByteRange } from './image-store.js';
export { ImageStores, openImageStores } from './image-stores.js';
export { ImportFilter } from './web/import-filter.js';
export { WebSourceError, openWebSource } from './web/web-source.js';
export { FileStore } from './internal/file-store.js';
export { S3Store } from './internal/s3-store.js';
export { Measured, TooManyBytes } from './measured.js';
export type { Measures } from './measured.js';
export type { DiskFacts } from './disk-header.js';
