import type { JsonValue } from '#libs/launcher';
import { ClockError } from '../../../worker/src/clock/clock.errors.js';
import type { ClockData, CloudClock } from '../../../worker/src/clock/cloud-clock.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 };

/** Milliseconds of a number of seconds, or of a text as "90", "2h", "1.5d" or "1d12h"; undefined for any other. */
export function millisecondsIn(span: string | number): number | undefined {
  if (typeof span === 'number') return Number.isFinite(span) ? Math.round(span * 1e3) : undefined;
  const text = span.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e3);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhdw])/g)];
  return Math.round(parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? Number.NaN), 0));
}

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
