import { sql } from 'kysely';

/** The columns of neutron's standard attributes in a new table. They never change; a new set has a new name. */
export const standardColumns = sql`
  id text primary key,
  project_id text not null,
  description text not null,
  revision_number integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()`;
