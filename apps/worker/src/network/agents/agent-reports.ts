import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { DHCP_AGENT, L3_AGENT } from '#libs/contracts';
import type { Store } from '../../store/index.js';
import { isAlive, scheduleLeftOver } from './agent-scheduling.js';

/** The agent that plugs the ports of a compute host's guests: the worker's driver itself. */
export const HOST_AGENT = 'Albireo host agent';

export interface AgentReport {
  readonly agentType: string;
  readonly host: string;
  /** The topic on the bus that the agent serves, or `N/A`. */
  readonly topic: string;
  readonly binary: string;
  readonly zone: string | null;
  /** The configuration that it reports. */
  readonly configurations: Readonly<Record<string, unknown>>;
}

/** Keeps the rows of this worker's agents up to date. */
export class AgentReports {
  readonly #started = new Set<string>();

  /** @param downTime seconds without a report after which an agent of this worker is dead */
  constructor(
    private readonly store: Store,
    private readonly downTime: number,
  ) {}

  /** Reports the L3 and DHCP agents of a network host. When they start, they take objects that have no agent. */
  async reportNetworkHost(host: string, zone: string): Promise<void> {
    const shared = { host, zone, topic: 'network', binary: 'albireo-network' };
    await this.report({ ...shared, agentType: L3_AGENT, configurations: { agent_mode: 'legacy' } });
    await this.report({ ...shared, agentType: DHCP_AGENT, configurations: {} });
  }

  /** Reports an agent that is not part of a worker. Returns whether its row is new, or was silent before. */
  async reportForeign(report: AgentReport, isStart: boolean): Promise<'new' | 'alive' | 'revived'> {
    const { rows } = await sql<{ alive: boolean }>`
      select ${isAlive} as alive from agents a
      where a.agent_type = ${report.agentType} and a.host = ${report.host}`.execute(this.store.db);
    const [before] = rows;
    if (isStart || before === undefined) this.#started.delete(`${report.agentType}\0${report.host}`);
    await this.report(report);
    if (before === undefined) return 'new';
    return before.alive ? 'alive' : 'revived';
  }

  /** Whether the database answers. */
  async isAlive(): Promise<boolean> {
    await sql`select 1`.execute(this.store.db);
    return true;
  }

  /** Inserts or updates the row of an agent. Several workers of one host share a row. */
  async report({ agentType, host, topic, binary, zone, configurations }: AgentReport): Promise<void> {
    const { db } = this.store;
    const key = `${agentType}\0${host}`;
    const isStart = !this.#started.has(key);
    await sql`
      insert into agents (id, agent_type, "binary", topic, host, availability_zone, configurations, down_time)
      values (${randomUUID()}, ${agentType}, ${binary}, ${topic}, ${host}, ${zone},
        ${JSON.stringify(configurations)}, ${this.downTime})
      on conflict (agent_type, host) do update set
        "binary" = excluded."binary", topic = excluded.topic, availability_zone = excluded.availability_zone,
        configurations = excluded.configurations, down_time = excluded.down_time,
        started_at = case when ${isStart} then business_clock() else agents.started_at end,
        heartbeat_timestamp = business_clock()`.execute(db);
    if (isStart) await scheduleLeftOver(db, agentType);
    this.#started.add(key);
  }
}
