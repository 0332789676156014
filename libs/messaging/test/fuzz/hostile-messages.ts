export interface HostileMessage {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A repeatable sequence of numbers from 0 up to, not including, `below`. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const values: readonly unknown[] = [null, true, 0, -1, 1e308, '', 'x', [], {}, [[[]]], { a: { b: null } }, '\ud800'];
const pieces = ['', '"', '\\', '{', '}', '[', ']', 'null', '\u0000', '"__proto__":', '1e999', ','];
const headers: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { 'albireo-deadline': 'soon' },
  { 'albireo-deadline': '99999999999@1' },
  { 'albireo-exchange': 'another' },
  { compression: 'application/x-gzip' },
  { compression: 7, nested: { a: [1, null, true] } },
];

/** Damaged, hostile and merely wrong requests derived from a valid one. */
export function hostileMessage(random: (below: number) => number, good: string): HostileMessage {
  const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];
  const message = (): Record<string, unknown> => {
    const outer = JSON.parse(good) as { 'oslo.message': string };
    return JSON.parse(outer['oslo.message']) as Record<string, unknown>;
  };
  const seal = (inner: unknown): string =>
    JSON.stringify({
      'oslo.version': '2.0',
      'oslo.message': typeof inner === 'string' ? inner : JSON.stringify(inner),
    });
  const text = (): string => {
    const at = random(good.length);
    const depth = 1 + random(30_000);
    const changed = message();
    const keys = Object.keys(changed);
    switch (random(9)) {
      case 0:
        return good.slice(0, at);
      case 1:
        return good.slice(0, at) + (pick(pieces) ?? '') + good.slice(at + random(40));
      case 2:
        return '['.repeat(depth) + ']'.repeat(depth);
      case 3:
        return seal('{"method":'.repeat(depth) + '1' + '}'.repeat(depth));
      case 4:
        changed[pick(keys) ?? 'method'] = pick(values);
        return seal(changed);
      case 5:
        return seal(JSON.stringify(changed).replace('{', '{"__proto__":{"polluted":true},'));
      case 6:
        return seal(JSON.stringify(changed).replace('"args":{', '"args":{"__proto__":{"polluted":1},"constructor":2,'));
      case 7:
        delete changed[pick(keys) ?? 'method'];
        return seal(changed);
      default:
        return seal(seal(changed));
    }
  };
  const bytes = (): Buffer => Buffer.from(Array.from({ length: random(300) }, () => random(256)));
  return {
    body: random(10) === 0 ? bytes() : Buffer.from(text()),
    contentType: random(20) === 0 ? pick(['text/plain', '', undefined]) : 'application/json',
    headers: random(5) === 0 ? (pick(headers) ?? {}) : {},
  };
}
