import type { PGlite } from '@electric-sql/pglite';

/** Messages of PostgreSQL's protocol for its answers to them; nothing for none. */
export type Exchange = (message: Uint8Array) => Promise<Uint8Array | null>;

/**
 * Has PGlite answer as a server does. execProtocolRaw would read every answer as well, and keep what it read for as long as
 * the database lives.
 */
export function exchangeWith(database: PGlite): Exchange {
  return async (message) => {
    const parts: Uint8Array[] = [];
    // The memory of a part is the database's own, which it uses again.
    const onRawData = (part: Uint8Array): void => void parts.push(part.slice());
    await database.runExclusive(() => database.execProtocolRawStream(message, { onRawData }));
    const [first] = parts;
    if (first === undefined || parts.length === 1) return first ?? null;
    const answer = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      answer.set(part, at);
      at += part.length;
    }
    return answer;
  };
}
