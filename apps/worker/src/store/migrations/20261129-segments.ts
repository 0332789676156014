import { sql } from 'kysely';
import { standardColumns } from './standard-columns.js';
import type { Migration } from './migration.js';

/**
 * Segments of networks. A network's own columns are its first segment's, and `segments` tells them where there is not
 * just one. The trigger makes the first one, also for networks that an older worker makes.
 */
export const segments: Migration = {
  name: '20261129-segments',
  async up(db) {
    await sql`
      create table network_segments (
        ${standardColumns},
        name text,
        tags jsonb not null default '[]',
        network_id text not null references networks (id) on delete cascade,
        network_type text not null,
        physical_network text,
        segmentation_id integer,
        segment_index integer not null
      )`.execute(db);
    await sql`
      create unique index network_segments_place on network_segments
        (network_type, coalesce(physical_network, ''), segmentation_id)`.execute(db);
    await sql`
      create unique index network_segments_order on network_segments (network_id, segment_index)`.execute(db);
    await sql`alter table networks add column segments jsonb`.execute(db);
    await sql`
      alter table subnets add column segment_id text references network_segments (id)`.execute(db);
    await sql`create index subnets_segment on subnets (segment_id) where segment_id is not null`.execute(db);
    await sql`
      insert into network_segments (id, project_id, description, network_id, network_type, physical_network,
        segmentation_id, segment_index, created_at, updated_at)
      select gen_random_uuid()::text, project_id, '', id, provider_network_type, provider_physical_network,
        provider_segmentation_id, 0, created_at, created_at
      from networks`.execute(db);
    await sql`
      create function first_segment() returns trigger language plpgsql as $$
      begin
        insert into network_segments (id, project_id, description, network_id, network_type, physical_network,
          segmentation_id, segment_index)
        values (gen_random_uuid()::text, new.project_id, '', new.id, new.provider_network_type,
          new.provider_physical_network, new.provider_segmentation_id, 0)
        on conflict do nothing;
        return null;
      end $$`.execute(db);
    await sql`
      create trigger first_segment after insert on networks
      for each row execute function first_segment()`.execute(db);
  },
};
