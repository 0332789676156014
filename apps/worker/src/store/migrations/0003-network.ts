import type { Migration } from './migration.js';

export const network: Migration = {
  name: '0003-network',
  async up() {},
};
