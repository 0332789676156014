import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Limits that differ from the configuration's: of a project, and of a class (`default`: of every project). */
export const quotas: Migration = {
  name: '20261128-quotas',
  async up(db) {
    await sql`
      create table quotas (
        service text not null,
        project_id text not null,
        resource text not null,
        hard_limit integer not null check (hard_limit >= -1),
        primary key (service, project_id, resource)
      )`.execute(db);
    await sql`
      create table quota_classes (
        service text not null,
        class_name text not null,
        resource text not null,
        hard_limit integer not null check (hard_limit >= -1),
        primary key (service, class_name, resource)
      )`.execute(db);
  },
};
