import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerCluster } from '#testing/broker-cluster';
import { startDatabase } from '#testing/database';
import type { Site, Trouble } from '../database/site.js';

/** From when a node is back until clients that left it must have come back to it. */
const SPREAD_MS = 60_000;
const SILENT_MS = 20_000;

/** Three RabbitMQ nodes with quorum queues, and one PostgreSQL server to which nothing happens. */
export async function clusterSite(): Promise<Site> {
  const database = await startDatabase();
  const cluster = await BrokerCluster.start();
  const [first, second, third] = cluster.nodes;
  if (first === undefined || second === undefined || third === undefined) throw new TypeError('three nodes');
  const bounds = { recoverMs: 10_000, unready: false };
  const timed = async (trouble: () => Promise<unknown>): ReturnType<Trouble['run']> => {
    const goneAt = performance.now();
    await trouble();
    return { goneAt, backAt: performance.now() };
  };
  const troubles: readonly Trouble[] = [
    // Well again while the node stays away: the time counts from its end.
    { name: 'a node is killed', bounds, run: () => timed(() => first.kill9()) },
    {
      name: 'the killed node is back',
      bounds,
      run: () =>
        timed(async () => {
          await first.restart();
          await cluster.formed();
        }),
    },
    { name: 'the leaders of all queues end', bounds, run: () => timed(() => cluster.stopLeaders()) },
    { name: 'a node is cut off from the others', bounds, run: () => timed(() => cluster.partition(second)) },
    {
      name: 'the node is let in again',
      bounds,
      run: () =>
        timed(async () => {
          await cluster.heal(second);
          await cluster.formed();
        }),
    },
    {
      name: 'a node falls silent',
      bounds,
      run: () =>
        timed(async () => {
          third.freeze();
          await sleep(SILENT_MS);
          third.thaw();
        }),
    },
    {
      name: 'all nodes are restarted in turn',
      bounds,
      run: () =>
        timed(async () => {
          for (const node of cluster.nodes) {
            await node.restart();
            await cluster.formed();
          }
        }),
    },
  ];
  return {
    name: 'three RabbitMQ nodes with quorum queues',
    env: { OS_DATABASE__CONNECTION: database.url },
    brokerEnv: {
      OS_DEFAULT__TRANSPORT_URL: cluster.url,
      OS_OSLO_MESSAGING_RABBIT__RABBIT_QUORUM_QUEUE: 'true',
    },
    truthUrl: () => database.url,
    troubles,
    lastLook: async () => {
      const deadline = Date.now() + SPREAD_MS;
      for (;;) {
        const counts = await cluster.connections();
        if (counts.every((count) => count > 0)) return [];
        if (Date.now() > deadline) return [`clients of the nodes: ${counts.join(', ')}`];
        await sleep(1_000);
      }
    },
    stop: async () => {
      await cluster.stop();
      await database.stop();
    },
  };
}
