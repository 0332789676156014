import type { Migration } from './migration.js';

export const identity: Migration = {
  name: '0002-identity',
  async up() {},
};
