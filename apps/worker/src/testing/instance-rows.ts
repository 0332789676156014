import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Queries } from '../store/index.js';

/** Puts an active server into the database. */
export async function insertInstance(
  db: Queries,
  { id, project_id }: { readonly id: string; readonly project_id: string },
): Promise<void> {
  const flavor = { id: '1', name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 };
  await db
    .insertInto('instances')
    .values({
      id,
      project_id,
      name: 'vm',
      description: null,
      hostname: 'vm',
      user_id: 'u',
      vm_state: 'active',
      task_state: null,
      host: null,
      node: null,
      availability_zone: null,
      image_ref: '',
      flavor: JSON.stringify(flavor),
      flavor_id: flavor.id,
      vcpus: flavor.vcpus,
      ram: flavor.ram,
      key_name: null,
      public_key: null,
      user_data: null,
      reservation_id: 'r-1',
      root_device_name: null,
      launched_at: null,
      terminated_at: null,
      requested_networks: '[]',
    })
    .execute();
}

/** Checks that the counted usage of each host equals its allocations. */
export async function requireCounted(db: Queries): Promise<void> {
  const { rows } = await sql`
    select host, u.vcpus, u.memory, u.disk, a.vcpus as a_vcpus, a.memory as a_memory, a.disk as a_disk
    from host_usage u full join (
      select host, sum(vcpus) as vcpus, sum(memory) as memory, sum(disk) as disk from allocations group by host
    ) a using (host)
    where (coalesce(u.vcpus, -1), u.memory, u.disk)
      is distinct from (coalesce(a.vcpus, 0), coalesce(a.memory, 0), coalesce(a.disk, 0))`.execute(db);
  assert.deepEqual(rows, []);
}
