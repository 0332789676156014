import { sql } from 'kysely';
import { DHCP_AGENT, ExpectedError, Network, Port, Subnet, declarationOf } from '#libs/contracts';
import type { DhcpAgentContract } from '#libs/contracts';
import { MessagingError } from '#libs/messaging';
import type { MethodName, RpcClient } from '#libs/messaging';
import { createContext, getLogger } from '#libs/telemetry';
import { neutronForm } from '../../notifications/neutron-form.js';
import type { ResourceManagers } from '../../resources/resource-managers.js';
import type { Queries, Store } from '../../store/index.js';
import { NetworkManager } from '../networks/network-manager.js';
import { PortManager } from '../ports/port-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { agentCaller } from './agent-caller.js';

const log = getLogger('albireo.network');

const DECLARED = { network: declarationOf(Network), subnet: declarationOf(Subnet), port: declarationOf(Port) };

const ASKER = agentCaller(createContext({ is_admin: true }));

/** neutron.api.rpc.agentnotifiers.dhcp_rpc_agent_api.METHOD_PRIORITY_MAP; lower comes first at the agent. */
const PRIORITY = {
  network: { create: 0, update: 1, delete: 2 },
  subnet: { create: 3, update: 3, delete: 4 },
  port: { create: 5, update: 6, delete: 6 },
} as const;

interface Difference {
  readonly host: string;
  readonly network_id: string;
  readonly object_id: string;
  readonly kind: keyof typeof PRIORITY;
  readonly operation: 'create' | 'update' | 'delete';
  readonly revision: string | null;
}

/**
 * Tells neutron's own DHCP agents what has changed on the networks that they serve, as neutron-server does after each
 * request. What there is is compared with what each agent was told last, so that it does not matter which way a change
 * took (a user's request, a server's build, a floating IP) nor whether a worker died after it. A notice may come twice,
 * as of two workers that look at the same moment: it tells the state of now.
 */
export class DhcpNotices {
  constructor(
    private readonly store: Store,
    private readonly managers: ResourceManagers,
    private readonly agents: Pick<RpcClient<DhcpAgentContract>, 'cast'>,
  ) {}

  /** Rejects when the broker or the database is away; what was not told then is told the next time. */
  async tell(): Promise<void> {
    const { db } = this.store;
    const differences = await differencesOf(db);
    // Of a network that an agent gets or loses it is told no more than that: it asks for the rest.
    const whole = new Set(differences.filter(isWhole).map(({ host, network_id: id }) => `${host} ${id}`));
    for (const difference of differences) {
      const isPart = !isWhole(difference) && whole.has(`${difference.host} ${difference.network_id}`);
      if (!isPart) await this.#tell(difference);
      await remember(db, difference);
    }
  }

  async #tell(difference: Difference): Promise<void> {
    const { host, kind, operation } = difference;
    const payload = await this.#payload(difference);
    if (payload === undefined) return;
    const method = `${kind}_${operation}_end` as MethodName<DhcpAgentContract>;
    const args = { payload: { ...payload, priority: PRIORITY[kind][operation] } };
    try {
      await this.agents.cast(createContext({ is_admin: true }), method, args, { server: host });
    } catch (error) {
      // One without a queue has never run, or not for long: it asks for everything when it starts.
      if (!(error instanceof MessagingError) || error.code !== 'MessageUndeliverable') throw error;
      log.debug('A DHCP agent cannot be told', { host, method });
    }
  }

  /** Undefined for what is gone meanwhile: the next look tells that. */
  async #payload(difference: Difference): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { kind, operation, object_id: id, network_id: networkId } = difference;
    if (kind === 'network' && operation === 'create') return { network: { id } };
    if (operation === 'delete') return { [`${kind}_id`]: id, network_id: networkId };
    try {
      return { [kind]: neutronForm(DECLARED[kind], await this.#now(kind, id)) };
    } catch (error) {
      if (error instanceof ExpectedError && error.code.endsWith('NotFound')) return undefined;
      throw error;
    }
  }

  #now(kind: Difference['kind'], id: string): Promise<object> {
    if (kind === 'network') return this.managers.get(NetworkManager).get(ASKER, id);
    if (kind === 'subnet') return this.managers.get(SubnetManager).get(ASKER, id);
    return this.managers.get(PortManager).get(ASKER, id);
  }
}

function isWhole({ kind, operation }: Difference): boolean {
  return kind === 'network' && operation !== 'update';
}

async function differencesOf(db: Queries): Promise<readonly Difference[]> {
  const { rows } = await sql<Difference>`
    with served as (
      select a.host, n.id as network_id, n.mtu, n.admin_state_up
      from agents a
      join network_dhcp_agent_bindings b on b.agent_id = a.id
      join networks n on n.id = b.network_id
      where a.agent_type = ${DHCP_AGENT} and a.binary = 'neutron-dhcp-agent'
    ), present as (
      select host, network_id, network_id as object_id, 'network' as kind,
        -- Each subnet counts as a change of its network, which is told by itself.
        mtu * 2 + admin_state_up::integer as revision
      from served
      union all
      select s.host, s.network_id, x.id, 'subnet', x.revision_number from served s join subnets x using (network_id)
      union all
      select s.host, s.network_id, p.id, 'port', p.revision_number from served s join ports p using (network_id)
    )
    select coalesce(p.host, t.host) as host, coalesce(p.network_id, t.network_id) as network_id,
      coalesce(p.object_id, t.object_id) as object_id, coalesce(p.kind, t.kind) as kind, p.revision,
      case when t.object_id is null then 'create' when p.object_id is null then 'delete' else 'update' end as operation
    from present p
    full join dhcp_agent_told t on t.host = p.host and t.object_id = p.object_id
    where t.object_id is null or p.object_id is null or t.revision <> p.revision
    order by array_position(array['network', 'subnet', 'port'], coalesce(p.kind, t.kind)), 3, 1`.execute(db);
  return rows;
}

async function remember(db: Queries, difference: Difference): Promise<void> {
  const { host, object_id: id, network_id: networkId, kind, revision } = difference;
  if (revision === null) {
    await sql`delete from dhcp_agent_told where host = ${host} and object_id = ${id}`.execute(db);
    return;
  }
  await sql`
    insert into dhcp_agent_told (host, object_id, network_id, kind, revision)
    values (${host}, ${id}, ${networkId}, ${kind}, ${revision})
    on conflict (host, object_id) do update set revision = excluded.revision`.execute(db);
}
