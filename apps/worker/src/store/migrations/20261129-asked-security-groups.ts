import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * Which security groups a server was made with is in its request_spec. What newer workers leave out of the column is the
 * group `default` to older ones.
 */
export const askedSecurityGroups: Migration = {
  name: '20261129-asked-security-groups',
  async up(db) {
    await sql`alter table instances alter column security_groups set default '["default"]'`.execute(db);
  },
};
