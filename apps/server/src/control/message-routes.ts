import { ParkedMessages } from '#libs/messaging';
import type { ParkedMessage, Transport } from '#libs/messaging';
import type { EventLog } from '../../../worker/src/events/event-log.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';

const MOST_WAIT_SECONDS = 30;

export function eventRoutes(events: EventLog): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/events',
      run: async ({ query }) => {
        const after = wholeNumber(query, 'after', Number.MAX_SAFE_INTEGER);
        const wait = wholeNumber(query, 'wait', MOST_WAIT_SECONDS);
        return { events: wait === 0 ? events.after(after) : await events.next(after, wait * 1000) };
      },
    },
  ];
}

function wholeNumber(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? '0';
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value <= most) return value;
  throw new ControlError(400, `${name}=${text}: expected a whole number from 0 to ${most}`);
}

/** Messages that could not be run and were parked, of all topics of the worker. */
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

/** Without its body, which may contain secrets. */
function told(topic: string, { id, reason, attempts, parkedAt, routingKey }: ParkedMessage): object {
  return { topic, id, reason, attempts, parked_at: parkedAt, routing_key: routingKey };
}
