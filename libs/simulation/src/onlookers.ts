import { createHash, timingSafeEqual } from 'node:crypto';

type Listener = () => void | Promise<void>;

const listeners = new Set<Listener>();

/** Calls back after the state of the cloud was replaced by an older one: what is remembered of it is void. */
export function onRestored(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells everybody in this process, and waits until all have forgotten. */
export async function tellRestored(): Promise<void> {
  await Promise.all([...listeners].map(async (listener) => listener()));
}

/** By this header the program's own page says that it only looks on. */
export const ONLOOKER_HEADER = 'x-albireo-onlooker';

const MOST = 1_000;

/** What the header has to say: made of a secret that no tenant knows. */
export function onlookerMark(secret: string): string {
  return createHash('sha256').update(`onlooker:${secret}`).digest('hex');
}

/**
 * Requests of the page of this program. They show what there is and are no part of it: no fault happens to them, none is
 * used up by them, and they are no events.
 */
export class Onlookers {
  #mark: Buffer | undefined;
  readonly #ids = new Set<string>();

  /** Only requests with this mark are onlookers; without one there are none. */
  expect(mark: string): void {
    this.#mark = Buffer.from(mark);
  }

  /** Takes note of a request and answers whether it is an onlooker's. */
  admit(requestId: string, mark: unknown): boolean {
    if (this.#mark === undefined || typeof mark !== 'string') return false;
    const given = Buffer.from(mark);
    if (given.length !== this.#mark.length || !timingSafeEqual(given, this.#mark)) return false;
    if (this.#ids.size >= MOST) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#ids.add(requestId);
    return true;
  }

  has(requestId: string | undefined): boolean {
    return requestId !== undefined && this.#ids.has(requestId);
  }
}

/** Those of this process. */
export const onlookers = new Onlookers();
