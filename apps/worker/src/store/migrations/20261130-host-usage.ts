import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * The sum of allocations of each host, so that choosing a host does not add up all allocations. A trigger updates it at
 * the commit, for older workers too. Until then no transaction waits for the row of the host.
 */
export const hostUsage: Migration = {
  name: '20261130-host-usage',
  async up(db) {
    await sql`
      create table host_usage (
        host text primary key,
        vcpus bigint not null,
        memory bigint not null,
        disk bigint not null
      )`.execute(db);
    // Allocations of open transactions are counted below, or by the trigger.
    await sql`lock table allocations in share row exclusive mode`.execute(db);
    await sql`
      insert into host_usage select host, sum(vcpus), sum(memory), sum(disk) from allocations group by host`.execute(
      db,
    );
    await sql`
      create function count_allocation() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'INSERT' then
          update host_usage set vcpus = vcpus - old.vcpus, memory = memory - old.memory, disk = disk - old.disk
          where host = old.host;
        end if;
        if tg_op <> 'DELETE' then
          insert into host_usage as u values (new.host, new.vcpus, new.memory, new.disk)
          on conflict (host) do update set vcpus = u.vcpus + new.vcpus, memory = u.memory + new.memory,
            disk = u.disk + new.disk;
        end if;
        return null;
      end $$`.execute(db);
    await sql`
      create constraint trigger count_allocation after insert or delete or update of host, vcpus, memory, disk
      on allocations deferrable initially deferred for each row execute function count_allocation()`.execute(db);
  },
};
