import type { Migration } from './migration.js';

export const image: Migration = {
  name: '0005-image',
  async up() {},
};
