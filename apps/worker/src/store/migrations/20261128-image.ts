import { sql } from 'kysely';
import type { Migration } from './migration.js';

export const imageStore: Migration = {
  name: '20261128-image-store',
  async up(db) {
    // A new image has no name, formats and data.
    await sql`
      alter table images
        alter column name drop not null,
        alter column disk_format drop not null,
        alter column container_format drop not null,
        alter column size drop not null,
        add column os_hash_algo text,
        add column os_hash_value text`.execute(db);
    await sql`create index images_owner on images (owner)`.execute(db);
    await sql`
      create table image_members (
        image_id text not null references images (id) on delete cascade,
        member_id text not null,
        status text not null default 'pending',
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (image_id, member_id)
      )`.execute(db);
    await sql`create index image_members_member on image_members (member_id)`.execute(db);
    // Everything that a store has or may have. The row outlives its image, until the object is deleted from the store.
    await sql`
      create table image_objects (
        key text primary key,
        image_id text not null,
        store text not null,
        state text not null,
        lease_until timestamptz,
        size bigint,
        created_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index image_objects_image on image_objects (image_id)`.execute(db);
    await sql`create index image_objects_state on image_objects (state) where state in ('writing', 'doomed')`.execute(
      db,
    );
    await sql`
      create table image_tasks (
        id text primary key,
        type text not null,
        status text not null default 'pending',
        owner text,
        image_id text,
        user_id text,
        request_id text,
        input jsonb not null,
        result jsonb,
        message text not null default '',
        lease_until timestamptz,
        expires_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index image_tasks_image on image_tasks (image_id)`.execute(db);
    // The configuration of a seeded image when it was last read: only a change of it changes the image.
    await sql`create table image_seeds (id text primary key, entry jsonb not null)`.execute(db);
  },
};

export const metadefs: Migration = {
  name: '20261128-metadefs',
  async up(db) {
    await sql`
      create table metadef_namespaces (
        namespace text primary key,
        display_name text,
        description text,
        visibility text not null,
        protected boolean not null,
        owner text,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`
      create table metadef_items (
        namespace text not null references metadef_namespaces (namespace) on delete cascade on update cascade,
        kind text not null,
        name text not null,
        body jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (namespace, kind, name)
      )`.execute(db);
    await sql`
      create table metadef_resource_types (
        name text primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    // Shipped definitions are stored once: deleted ones do not come back.
    await sql`create table metadef_seeds (namespace text primary key)`.execute(db);
  },
};
