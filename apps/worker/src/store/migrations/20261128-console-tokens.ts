import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Tokens of consoles: of the token itself only a hash. */
export const consoleTokens: Migration = {
  name: '20261128-console-tokens',
  async up(db) {
    await sql`
      create table console_tokens (
        token_hash text primary key,
        instance_id text not null references instances (id) on delete cascade,
        protocol text not null,
        console_type text not null,
        host text not null,
        port integer not null,
        tls_port integer,
        socket_path text,
        access_url_base text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index console_tokens_expires on console_tokens (expires_at)`.execute(db);
    await sql`create index console_tokens_instance on console_tokens (instance_id)`.execute(db);
  },
};
