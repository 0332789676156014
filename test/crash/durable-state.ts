import { Client } from 'pg';

/** What the database holds of one server and of the machinery, read with SQL and not through the product. */
export interface DurableState {
  readonly server: { readonly vm_state: string; readonly task_state: string | null; readonly deleted: boolean } | null;
  readonly hasFault: boolean;
  readonly ports: number;
  readonly addresses: number;
  readonly allocations: number;
  /** Allocations of its moves, which hold the other host. */
  readonly heldByMoves: number;
  /** Moves that are under way, or wait to be confirmed. */
  readonly openMoves: number;
  /** Its machine, where it is on the server's host. */
  readonly machines: number;
  /** Images of it that have no data, and of which nobody writes any. */
  readonly emptyImages: number;
  readonly outboxRows: number;
  /** Messages that were claimed and did not take effect. */
  readonly unfinishedMessages: number;
  /** Rows that belong to no server that lives: leaks. */
  readonly strayPorts: number;
  readonly strayAddresses: number;
}

/** What the database holds of all servers together. */
export interface DurableTotals {
  /** `state` is vm_state, with task_state behind a slash, or `gone`. */
  readonly servers: readonly { readonly id: string; readonly name: string; readonly state: string }[];
  /** Servers that live without exactly one port, one address, one allocation and one machine of the fake driver. */
  readonly notWhole: number;
  readonly machines: number;
  readonly ports: number;
  readonly addresses: number;
  readonly allocations: number;
  readonly outboxRows: number;
  readonly unfinishedMessages: number;
}

export class DatabaseProbe {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async connect(url: string): Promise<DatabaseProbe> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new DatabaseProbe(client);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #count(text: string, values: readonly unknown[] = []): Promise<number> {
    const result = await this.#client.query<{ count: string }>(text, [...values]);
    return Number(result.rows[0]?.count ?? 0);
  }

  async serverIdByName(name: string): Promise<string | undefined> {
    const result = await this.#client.query<{ id: string }>('select id from instances where name = $1', [name]);
    return result.rows[0]?.id;
  }

  /** The port of a server that was made last; empty where it has none. */
  async lastPort(id: string): Promise<string> {
    const text = 'select id from ports where device_id = $1 order by created_at desc limit 1';
    return (await this.#client.query<{ id: string }>(text, [id])).rows[0]?.id ?? '';
  }

  /** All servers and what belongs to them. */
  async totals(): Promise<DurableTotals> {
    const states = await this.#client.query<{ id: string; name: string; state: string }>(
      `select id, name, case when deleted then 'gone' else concat_ws('/', vm_state, task_state) end as state from instances`,
    );
    const alone = `(select device_id from ports where device_id <> '' group by device_id having count(*) = 1)`;
    const addressed = `(select port_id from ip_allocations group by port_id having count(*) = 1)`;
    const whole = `i.id::text in ${alone} and i.id::text in (select instance_id from allocations)
      and exists (select from ports p where p.device_id = i.id::text and p.id in ${addressed})
      and exists (select from fake_machines m where m.instance_id = i.id::text)`;
    return {
      servers: states.rows,
      notWhole: await this.#count(`select count(*) from instances i where not deleted and not (${whole})`),
      machines: await this.#count('select count(*) from fake_machines'),
      ports: await this.#count(`select count(*) from ports where device_id <> ''`),
      addresses: await this.#count('select count(*) from ip_allocations'),
      allocations: await this.#count('select count(*) from allocations'),
      outboxRows: await this.#count('select count(*) from outbox'),
      unfinishedMessages: await this.#count(`select count(*) from consumed_messages where state = 'running'`),
    };
  }

  /** Messages that did not take effect, with what the ledger holds of them. */
  async failedMessages(): Promise<readonly string[]> {
    const found = await this.#client.query<{ line: string }>(
      `select concat_ws(' ', 'message', unique_id, topic, state, attempts, updated_at, reason) as line
       from consumed_messages where state <> 'done' order by updated_at`,
    );
    return found.rows.map(({ line }) => line);
  }

  async state(id: string): Promise<DurableState> {
    const server = await this.#client.query<{ vm_state: string; task_state: string | null; deleted: boolean }>(
      'select vm_state, task_state, deleted from instances where id = $1',
      [id],
    );
    const living = `(select id::text from instances where not deleted)`;
    return {
      server: server.rows[0] ?? null,
      hasFault: (await this.#count('select count(*) from instance_faults where instance_id = $1', [id])) > 0,
      ports: await this.#count('select count(*) from ports where device_id = $1', [id]),
      addresses: await this.#count(
        'select count(*) from ip_allocations a join ports p on p.id = a.port_id where p.device_id = $1',
        [id],
      ),
      allocations: await this.#count('select count(*) from allocations where instance_id = $1', [id]),
      heldByMoves: await this.#count(
        'select count(*) from allocations where instance_id in (select uuid from migrations where instance_id = $1)',
        [id],
      ),
      openMoves: await this.#count(
        `select count(*) from migrations where instance_id = $1 and status not in ${ENDED_MOVES}`,
        [id],
      ),
      machines: await this.#count(
        'select count(*) from fake_machines m join instances i on i.id = m.instance_id where i.id = $1 and m.host = i.host',
        [id],
      ),
      emptyImages: await this.#count(
        `select count(*) from images where properties->>'instance_uuid' = $1 and status <> 'active'`,
        [id],
      ),
      outboxRows: await this.#count('select count(*) from outbox'),
      unfinishedMessages: await this.#count(`select count(*) from consumed_messages where state <> 'done'`),
      strayPorts: await this.#count(
        `select count(*) from ports where device_id <> '' and device_owner <> 'network:dhcp' and device_id not in ${living}`,
      ),
      strayAddresses: await this.#count(
        `select count(*) from ip_allocations where port_id not in (select id from ports)`,
      ),
    };
  }
}

const ENDED_MOVES = `('confirmed', 'reverted', 'completed', 'done', 'cancelled', 'failed', 'error')`;

/** What a server that rests in a state has: of ports 1 or more. */
const RESTING: Readonly<Record<string, { readonly allocations: number; readonly moves: number }>> = {
  active: { allocations: 1, moves: 0 },
  stopped: { allocations: 1, moves: 0 },
  paused: { allocations: 1, moves: 0 },
  suspended: { allocations: 1, moves: 0 },
  rescued: { allocations: 1, moves: 0 },
  'soft-delete': { allocations: 1, moves: 0 },
  shelved: { allocations: 1, moves: 0 },
  shelved_offloaded: { allocations: 0, moves: 0 },
  resized: { allocations: 1, moves: 1 },
};

/** Why a state is not one of the allowed ends, or undefined when it is one. A server has 1 to `maxPorts` ports. */
export function faultOf(state: DurableState, maxPorts = 1): string | undefined {
  if (state.outboxRows > 0) return `${state.outboxRows} rows in the outbox`;
  if (state.unfinishedMessages > 0) return `${state.unfinishedMessages} unfinished messages`;
  if (state.strayPorts > 0) return `${state.strayPorts} ports of servers that are gone`;
  if (state.strayAddresses > 0) return `${state.strayAddresses} addresses of ports that are gone`;
  const { server } = state;
  if (server === null || server.deleted) {
    const left = state.ports + state.addresses + state.allocations + state.heldByMoves + state.openMoves;
    return left === 0 ? undefined : `gone, with ${told(state)}`;
  }
  if (server.task_state !== null) return `still ${server.vm_state}/${server.task_state}`;
  if (state.emptyImages > 0) return `${state.emptyImages} images without data`;
  if (server.vm_state === 'error') {
    if (!state.hasFault) return 'ERROR without a fault';
    const isFit = state.ports <= maxPorts && state.addresses === state.ports && state.openMoves === 0;
    return isFit ? undefined : `error with ${told(state)}`;
  }
  const resting = RESTING[server.vm_state];
  if (resting === undefined) return `ended in ${server.vm_state}`;
  const isWhole =
    state.ports >= 1 &&
    state.ports <= maxPorts &&
    state.addresses === state.ports &&
    state.allocations === resting.allocations &&
    state.heldByMoves === resting.moves &&
    state.openMoves === resting.moves &&
    state.machines === resting.allocations;
  return isWhole ? undefined : `${server.vm_state} with ${told(state)}`;
}

function told(state: DurableState): string {
  const { ports, addresses, allocations, heldByMoves, openMoves, machines } = state;
  return (
    `${ports} ports, ${addresses} addresses, ${allocations} allocations, ${heldByMoves} of moves, ` +
    `${openMoves} moves, ${machines} machines`
  );
}
