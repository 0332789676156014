import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError, Network, Port, Subnet, declarationOf } from '#libs/contracts';
import type { DhcpAgentContract, L3AgentContract } from '#libs/contracts';
import { MessagingError } from '#libs/messaging';
import type { MethodName, RpcClient } from '#libs/messaging';
import { createContext, getLogger } from '#libs/telemetry';
import type { Queries, Store } from '../../store/index.js';
import { neutronForm } from '../../notifications/resource-notices.js';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import { NetworkManager } from '../networks/network-manager.js';
import { PortManager } from '../ports/port-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { agentCaller } from './agent-caller.js';

type ToldKind = 'network' | 'subnet' | 'port' | 'router' | 'agent';

/** A notice for an agent: all changes of one object since the last notice. */
interface AgentChange {
  /** Ids of the recorded changes (`agent_changes`). */
  readonly ids: readonly string[];
  readonly host: string;
  readonly kind: ToldKind;
  readonly object_id: string;
  /** For objects that belong to a network. */
  readonly network_id: string | null;
  readonly operation: 'create' | 'update' | 'delete';
  /** Whether the agent is enabled; a disabled agent is notified of nothing else. */
  readonly enabled: boolean;
}

/** The number of tries for a notice that cannot be sent. */
const ATTEMPTS = 5;

/** The number of changes per turn, and how long (s) other workers leave them alone. */
const TURN = { changes: 500, seconds: 30 };

/** Whether any agent has a notice to receive: one query, if there are only agents of workers. */
async function hasChanges(db: Queries): Promise<boolean> {
  const { rows } = await sql`select 1 from agent_changes limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * The notices for the agents of a topic, oldest first, networks before the objects on them; none while another worker
 * sends. A turn with changes lasts until `endTurn`. Changes for agents that are deleted, or silent for long, are
 * dropped: such an agent requests the whole state when it returns.
 */
async function takeChanges(db: Queries, topic: string, reader: string): Promise<readonly AgentChange[]> {
  const held = await sql`
    insert into agent_change_readers (topic, reader, held_until)
    values (${topic}, ${reader}, clock_timestamp() + ${TURN.seconds} * interval '1 second')
    on conflict (topic) do update set reader = excluded.reader, held_until = excluded.held_until
      where agent_change_readers.held_until < clock_timestamp() or agent_change_readers.reader = ${reader}
    returning topic`.execute(db);
  if (held.rows.length === 0) return [];
  await sql`
    delete from agent_changes c where not exists (
      select 1 from agents a where a.id = c.agent_id
        and a.heartbeat_timestamp > business_clock() - 2 * a.down_time * interval '1 second')`.execute(db);
  const { rows } = await sql<AgentChange>`
    with first as (
      select c.*, a.host, a.admin_state_up from agent_changes c join agents a on a.id = c.agent_id
      where a.topic = ${topic} order by c.id limit ${TURN.changes}
    )
    select array_agg(id::text order by id) as ids, host, kind, object_id, max(network_id) as network_id,
      bool_and(admin_state_up) as enabled,
      case when (array_agg(operation order by id desc))[1] = 'delete' then 'delete'
        when bool_or(operation = 'create') then 'create' else 'update' end as operation
    from first
    group by agent_id, host, kind, object_id
    order by array_position(array['agent', 'network', 'subnet', 'port', 'router'], kind), min(id)`.execute(db);
  if (rows.length === 0) await endTurn(db, topic, reader);
  return rows;
}

/** Deletes changes that were sent. */
async function forgetChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`delete from agent_changes where id = any(${[...ids]}::bigint[])`.execute(db);
}

/** Keeps changes that could not be sent for another try, up to a limit. */
async function postponeChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`update agent_changes set failures = failures + 1 where id = any(${[...ids]}::bigint[])`.execute(db);
  await sql`
    delete from agent_changes where id = any(${[...ids]}::bigint[]) and failures >= ${ATTEMPTS}`.execute(db);
}

/** Lets other workers send. */
async function endTurn(db: Queries, topic: string, reader: string): Promise<void> {
  await sql`
    update agent_change_readers set held_until = '-infinity' where topic = ${topic} and reader = ${reader}`.execute(db);
}

const log = getLogger('albireo.network');

const DECLARED = { network: declarationOf(Network), subnet: declarationOf(Subnet), port: declarationOf(Port) };

const ASKER = agentCaller(createContext({ is_admin: true }));

/** neutron.api.rpc.agentnotifiers.dhcp_rpc_agent_api.METHOD_PRIORITY_MAP; the agent processes lower numbers first. */
const PRIORITY = {
  network: { create: 0, update: 1, delete: 2 },
  subnet: { create: 3, update: 3, delete: 4 },
  port: { create: 5, update: 6, delete: 6 },
} as const;

interface Notice {
  readonly method: string;
  readonly args: object;
}

interface AgentClient {
  cast(method: string, args: object, host: string): Promise<void>;
}

/**
 * Notifies neutron's own DHCP and L3 agents of changes to the objects that they serve, as neutron-server does after
 * each request. Each change is recorded in its own transaction. So it does not matter where it came from (a user's
 * request, a server's build), nor whether a worker died after it. One worker sends at a time. A notice may be sent
 * twice, for example after that worker's death; it contains the current state.
 */
export class AgentNotices {
  readonly #reader = randomUUID();
  readonly #clients: ReadonlyMap<string, AgentClient>;

  constructor(
    private readonly store: Store,
    private readonly managers: ResourceManagers,
    dhcp: Pick<RpcClient<DhcpAgentContract>, 'cast'>,
    l3: Pick<RpcClient<L3AgentContract>, 'cast'>,
  ) {
    const context = createContext({ is_admin: true });
    this.#clients = new Map([
      [
        'dhcp_agent',
        {
          cast: (method, args, server) =>
            dhcp.cast(context, method as MethodName<DhcpAgentContract>, args as never, { server }),
        },
      ],
      [
        'l3_agent',
        {
          cast: (method, args, server) =>
            l3.cast(context, method as MethodName<L3AgentContract>, args as never, { server }),
        },
      ],
    ]);
  }

  /** Rejects if the broker or the database is unavailable; the rest is sent next time. */
  async tell(): Promise<void> {
    if (!(await hasChanges(this.store.db))) return;
    for (const [topic, client] of this.#clients) await this.#tellTopic(topic, client);
  }

  async #tellTopic(topic: string, client: AgentClient): Promise<void> {
    const { db } = this.store;
    const changes = await takeChanges(db, topic, this.#reader);
    if (changes.length === 0) return;
    // When an agent gets or loses a network, it is notified of that only: it requests the rest.
    const whole = new Set(changes.filter(isWhole).map(({ host, network_id: id }) => `${host} ${id}`));
    const told: string[] = [];
    try {
      for (const change of changes) {
        const isPart = change.network_id !== null && !isWhole(change);
        const isSaid = isPart && whole.has(`${change.host} ${change.network_id}`);
        const isDone = isSaid || (!change.enabled && change.kind !== 'agent') || (await this.#tell(change, client));
        if (isDone) told.push(...change.ids);
        else await postponeChanges(db, change.ids);
      }
    } finally {
      await forgetChanges(db, told);
      await endTurn(db, topic, this.#reader);
    }
  }

  /** False: this notice cannot be sent; the others still are. */
  async #tell(change: AgentChange, client: AgentClient): Promise<boolean> {
    const { host } = change;
    try {
      const notice = await this.#notice(change);
      if (notice !== undefined) await client.cast(notice.method, notice.args, host);
      return true;
    } catch (error) {
      // An agent without a queue has never run, or not for a long time: it requests the whole state when it starts.
      if (error instanceof MessagingError && error.code === 'MessageUndeliverable') return true;
      if (error instanceof MessagingError) throw error;
      log.error('An agent cannot be told', { host, kind: change.kind, id: change.object_id, reason: String(error) });
      return false;
    }
  }

  /** Undefined for an object that was deleted meanwhile: its deletion is recorded too. */
  async #notice({ kind, operation, object_id: id, network_id: networkId }: AgentChange): Promise<Notice | undefined> {
    if (kind === 'agent') return this.#agentNotice(id);
    if (kind === 'router') return this.#routerNotice(id, operation);
    const told = (payload: object): Notice => ({
      method: `${kind}_${operation}_end`,
      args: { payload: { ...payload, priority: PRIORITY[kind][operation] } },
    });
    if (kind === 'network' && operation === 'create') return told({ network: { id } });
    if (operation === 'delete') return told({ [`${kind}_id`]: id, network_id: networkId });
    try {
      return told({ [kind]: neutronForm(DECLARED[kind], await this.#now(kind, id)) });
    } catch (error) {
      if (error instanceof ExpectedError && error.code.endsWith('NotFound')) return undefined;
      throw error;
    }
  }

  async #agentNotice(id: string): Promise<Notice | undefined> {
    const { rows } = await sql<{ admin_state_up: boolean }>`
      select admin_state_up from agents where id = ${id}`.execute(this.store.db);
    return rows[0] && { method: 'agent_updated', args: { payload: rows[0] } };
  }

  /** An agent is notified which routers changed, and requests them. */
  async #routerNotice(id: string, operation: AgentChange['operation']): Promise<Notice> {
    if (operation === 'create') return { method: 'router_added_to_agent', args: { payload: [id] } };
    if (operation === 'update') return { method: 'routers_updated', args: { routers: [id] } };
    const { rows } = await sql`select 1 from routers where id = ${id}`.execute(this.store.db);
    if (rows.length === 0) return { method: 'router_deleted', args: { router_id: id } };
    return { method: 'router_removed_from_agent', args: { payload: { router_id: id } } };
  }

  #now(kind: keyof typeof DECLARED, id: string): Promise<object> {
    if (kind === 'network') return this.managers.get(NetworkManager).get(ASKER, id);
    if (kind === 'subnet') return this.managers.get(SubnetManager).get(ASKER, id);
    return this.managers.get(PortManager).get(ASKER, id);
  }
}

function isWhole({ kind, operation }: AgentChange): boolean {
  return kind === 'network' && operation !== 'update';
}
