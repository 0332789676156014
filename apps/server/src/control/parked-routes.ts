import { ParkedMessages } from '#libs/messaging';
import type { ParkedMessage, Transport } from '#libs/messaging';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';

/** Messages that could not be run and were put aside, of all topics of the worker. */
export function parkedRoutes(transport: Transport, topics: readonly string[]): ControlRoute[] {
  const parkedOf = (topic: string | undefined): ParkedMessages => {
    if (topic !== undefined && topics.includes(topic)) return new ParkedMessages(transport, topic);
    throw new ControlError(404, `no topic is named ${JSON.stringify(topic)}: there are ${topics.join(', ')}`);
  };
  return [
    {
      method: 'GET',
      pattern: '/parked',
      run: async () => {
        const lists = await Promise.all(
          topics.map(async (topic) => (await parkedOf(topic).list()).map((message) => told(topic, message))),
        );
        return { parked: lists.flat() };
      },
    },
    {
      method: 'POST',
      pattern: '/parked/:topic/:id/replay',
      run: async ({ parameters: { topic, id = '' } }) => {
        const [result] = await parkedOf(topic).replay([id]);
        if (result === undefined) throw new ControlError(404, `no message ${JSON.stringify(id)} is parked there`);
        if (result.fault !== null) throw new ControlError(409, `it stays: ${result.fault}`);
        return undefined;
      },
    },
    {
      method: 'DELETE',
      pattern: '/parked/:topic/:id',
      run: async ({ parameters: { topic, id = '' } }) => {
        const dropped = await parkedOf(topic).drop([id]);
        if (dropped.length === 0) throw new ControlError(404, `no message ${JSON.stringify(id)} is parked there`);
        return undefined;
      },
    },
  ];
}

/** Without its body, which may hold secrets. */
function told(topic: string, { id, reason, attempts, parkedAt, routingKey }: ParkedMessage): object {
  return { topic, id, reason, attempts, parked_at: parkedAt, routing_key: routingKey };
}
