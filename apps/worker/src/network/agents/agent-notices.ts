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

/** What an agent is to be told: all that happened to one object since it was told last. */
interface AgentChange {
  /** Of what was noted (`agent_changes`). */
  readonly ids: readonly string[];
  readonly host: string;
  readonly kind: ToldKind;
  readonly object_id: string;
  /** Of what belongs to a network. */
  readonly network_id: string | null;
  readonly operation: 'create' | 'update' | 'delete';
  /** Whether the agent is to work; one that is not is told only that. */
  readonly enabled: boolean;
}

/** How often something that cannot be told is tried. */
const ATTEMPTS = 5;

/** Changes that are told in one turn, and for how long (s) other workers leave them alone. */
const TURN = { changes: 500, seconds: 30 };

/** Whether any agent is to be told anything: one look, where there are no agents of others. */
async function hasChanges(db: Queries): Promise<boolean> {
  const { rows } = await sql`select 1 from agent_changes limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * What the agents of a topic are to be told, oldest first, networks before what is on them; nothing while another
 * worker tells. A turn with changes lasts until `endTurn`. What is for agents that are gone, or silent for long, is forgotten: they ask for everything.
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

/** What was told is over. */
async function forgetChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`delete from agent_changes where id = any(${[...ids]}::bigint[])`.execute(db);
}

/** What could not be told is tried again, some times. */
async function postponeChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`update agent_changes set failures = failures + 1 where id = any(${[...ids]}::bigint[])`.execute(db);
  await sql`
    delete from agent_changes where id = any(${[...ids]}::bigint[]) and failures >= ${ATTEMPTS}`.execute(db);
}

/** Lets other workers tell. */
async function endTurn(db: Queries, topic: string, reader: string): Promise<void> {
  await sql`
    update agent_change_readers set held_until = '-infinity' where topic = ${topic} and reader = ${reader}`.execute(db);
}

const log = getLogger('albireo.network');

const DECLARED = { network: declarationOf(Network), subnet: declarationOf(Subnet), port: declarationOf(Port) };

const ASKER = agentCaller(createContext({ is_admin: true }));

/** neutron.api.rpc.agentnotifiers.dhcp_rpc_agent_api.METHOD_PRIORITY_MAP; lower comes first at the agent. */
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
 * Tells neutron's own DHCP and L3 agents what has changed of what they serve, as neutron-server does after each
 * request. Changes are noted in their own transactions, so it does not matter which way one took (a user's request, a
 * server's build) nor whether a worker died after it. One worker tells at a time; a notice may come twice, as after
 * that one's death: it tells the state of now.
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

  /** Rejects when the broker or the database is away; what was not told then is told the next time. */
  async tell(): Promise<void> {
    if (!(await hasChanges(this.store.db))) return;
    for (const [topic, client] of this.#clients) await this.#tellTopic(topic, client);
  }

  async #tellTopic(topic: string, client: AgentClient): Promise<void> {
    const { db } = this.store;
    const changes = await takeChanges(db, topic, this.#reader);
    if (changes.length === 0) return;
    // Of a network that an agent gets or loses it is told no more than that: it asks for the rest.
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

  /** False: this one cannot be told, which is no reason to tell nothing of the others. */
  async #tell(change: AgentChange, client: AgentClient): Promise<boolean> {
    const { host } = change;
    try {
      const notice = await this.#notice(change);
      if (notice !== undefined) await client.cast(notice.method, notice.args, host);
      return true;
    } catch (error) {
      // One without a queue has never run, or not for long: it asks for everything when it starts.
      if (error instanceof MessagingError && error.code === 'MessageUndeliverable') return true;
      if (error instanceof MessagingError) throw error;
      log.error('An agent cannot be told', { host, kind: change.kind, id: change.object_id, reason: String(error) });
      return false;
    }
  }

  /** Undefined for what is gone meanwhile: that is noted, too. */
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

  /** An agent is told which routers changed, and asks for them. */
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
