import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Options that a domain has of its own. */
export const domainConfigs: Migration = {
  name: '20261128-domain-configs',
  async up(db) {
    await sql`
      create table domain_configs (
        domain_id text not null references domains (id) on delete cascade,
        option_group text not null,
        option text not null,
        value text not null,
        primary key (domain_id, option_group, option)
      )`.execute(db);
  },
};
