import type { JsonValue } from '#libs/launcher';
import { ClockError } from '../../../worker/src/clock/clock.errors.js';
import type { ClockData, CloudClock } from '../../../worker/src/clock/cloud-clock.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';
import { millisecondsIn } from './duration.js';

export function clockRoutes(clock: CloudClock): ControlRoute[] {
  return [
    { method: 'GET', pattern: '/clock', run: () => clock.show() },
    { method: 'POST', pattern: '/clock/advance', run: ({ body }) => told(() => clock.advance(spanIn(body))) },
    { method: 'POST', pattern: '/clock/reset', run: () => told(() => clock.reset()) },
  ];
}

function spanIn(body: JsonValue): number {
  const by: unknown = typeof body === 'object' && body !== null && 'by' in body ? body['by'] : undefined;
  const ms = typeof by === 'number' || typeof by === 'string' ? millisecondsIn(by) : undefined;
  if (ms !== undefined) return ms;
  const found = by === undefined ? '' : `, found ${JSON.stringify(by)}`;
  throw new ControlError(400, `expected {"by": <seconds, or a text such as "2h", "90m" or "1d12h">}${found}`);
}

async function told(work: () => Promise<ClockData>): Promise<ClockData> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClockError) throw new ControlError(400, error.message);
    throw error;
  }
}
