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
