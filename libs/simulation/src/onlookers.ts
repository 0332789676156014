import { createHash, timingSafeEqual } from 'node:crypto';

type Listener = () => void | Promise<void>;

const listeners = new Set<Listener>();

/** Calls `listener` after the state of the cloud was replaced by an older one: cached data is invalid. */
export function onRestored(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Notifies all listeners in this process, and waits until they have cleared their caches. */
export async function tellRestored(): Promise<void> {
  await Promise.all([...listeners].map(async (listener) => listener()));
}

/** With this header the program's own page marks its requests as an onlooker's. */
export const ONLOOKER_HEADER = 'x-albireo-onlooker';

const MOST = 1_000;

/** The required value of the header: derived from a secret that no tenant knows. */
export function onlookerMark(secret: string): string {
  return createHash('sha256').update(`onlooker:${secret}`).digest('hex');
}

/**
 * Requests of this program's page. They only show the state of the cloud: no fault is applied to them, they consume
 * none, and they are not recorded as events.
 */
export class Onlookers {
  #mark: Buffer | undefined;
  readonly #ids = new Set<string>();

  /** Only requests with this mark are onlookers; if it is not set, there are none. */
  expect(mark: string): void {
    this.#mark = Buffer.from(mark);
  }

  /** Records a request and returns whether it is an onlooker's. */
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

/** The onlookers of this process. */
export const onlookers = new Onlookers();
