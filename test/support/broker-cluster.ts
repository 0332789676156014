import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './free-port.js';
import { BrokerProcess, nodeName } from './internal/broker-process.js';
import { findBroker } from './internal/find-broker.js';

/** Queues that live on a majority of the nodes have so many members. */
const NODES = 3;
const FORMED_MS = 60_000;

/** Three RabbitMQ nodes of the test's own on this machine: names on localhost, ports, a cookie and an epmd of their own. */
export class BrokerCluster {
  private constructor(readonly nodes: readonly BrokerProcess[]) {}

  /** Resolves when the three are one cluster. Rejects where RabbitMQ is not installed. */
  static async start(): Promise<BrokerCluster> {
    const program = await findBroker();
    if (program.kind !== 'native') throw new Error('a cluster needs an installed rabbitmq-server');
    const [epmd = 0, ...ports] = await freePorts(1 + 2 * NODES);
    const cookie = randomBytes(16).toString('hex').toUpperCase();
    const amqps = ports.slice(0, NODES);
    const settings = [
      'cluster_partition_handling = pause_minority',
      'cluster_formation.peer_discovery_backend = classic_config',
      ...amqps.map((port, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${nodeName(port)}`),
      // The first finds nobody, and need not look for long.
      'cluster_formation.discovery_retry_limit = 1',
      'cluster_formation.randomized_startup_delay_range.min = 0',
      'cluster_formation.randomized_startup_delay_range.max = 1',
    ];
    const nodes = amqps.map(
      (amqp, at) =>
        new BrokerProcess(program, { ports: { amqp, dist: ports[NODES + at] ?? 0, epmd }, cookie, settings }),
    );
    const cluster = new BrokerCluster(nodes);
    try {
      // The first makes the cluster, and the epmd of all.
      for (const node of nodes) await node.start();
      await cluster.formed();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** All hosts in one `transport_url`. */
  get url(): string {
    return `rabbit://${this.nodes.map(({ port }) => `guest:guest@127.0.0.1:${port}`).join(',')}/`;
  }

  /** Resolves when every node sees all of them running. */
  async formed(): Promise<void> {
    const deadline = Date.now() + FORMED_MS;
    for (const node of this.nodes) {
      while (Number(await this.evaluate(node, 'length(rabbit_nodes:all_running()).').catch(() => 0)) !== NODES) {
        if (Date.now() > deadline) throw new Error('the nodes did not find together');
        await sleep(200);
      }
    }
  }

  /** Runs Erlang on a node; resolves with what it printed. */
  async evaluate(node: BrokerProcess, expression: string): Promise<string> {
    return (await node.ctl(['-t', '20', 'eval', expression])).trim();
  }

  /** The leaders of all quorum queues end at once, wherever they are. */
  async stopLeaders(): Promise<void> {
    const [first] = this.nodes;
    if (first === undefined) return;
    const leaders = '[amqqueue:get_pid(Q) || Q <- rabbit_amqqueue:list(), amqqueue:is_quorum(Q)]';
    await this.evaluate(first, `[exit(rpc:call(N, erlang, whereis, [P]), kill) || {P, N} <- ${leaders}], ok.`);
  }

  /** How many quorum queues each node leads, in the order of the nodes. */
  async leaders(): Promise<readonly number[]> {
    const names = '[element(2, amqqueue:get_pid(Q)) || Q <- rabbit_amqqueue:list(), amqqueue:is_quorum(Q)]';
    return this.#countByNode(`io:format("~p", [${names}]).`);
  }

  /** How many clients are connected to each node, in the order of the nodes. */
  async connections(): Promise<readonly number[]> {
    return this.#countByNode('io:format("~p", [[node(P) || P <- rabbit_networking:connections()]]).');
  }

  async #countByNode(expression: string): Promise<readonly number[]> {
    const up = this.nodes.find(({ pid }) => pid !== undefined);
    if (up === undefined) throw new Error('no node runs');
    const text = await this.evaluate(up, expression);
    return this.nodes.map(({ port }) => text.split(nodeName(port)).length - 1);
  }

  /** Cuts a node off from the others, at once and in both directions; clients still reach it, until it pauses. */
  async partition(node: BrokerProcess): Promise<void> {
    // With another cookie for each other neither side lets the other in.
    await this.evaluate(
      node,
      '[begin erlang:set_cookie(N, cut_off), erlang:disconnect_node(N) end || N <- nodes()], ok.',
    );
  }

  async heal(node: BrokerProcess): Promise<void> {
    const others = this.nodes.filter((other) => other !== node).map(({ port }) => `'${nodeName(port)}'`);
    await this.evaluate(node, `[erlang:set_cookie(N, erlang:get_cookie()) || N <- [${others.join(', ')}]], ok.`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}
