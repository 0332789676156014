const MAX_KNOWN = 10_000;

/** What was created through this process a moment ago, for rules of eventual consistency. */
class YoungThings {
  readonly #created = new Map<string, number>();

  /** Takes the id out of the answer of a create: `{"port": {"id": …}}`, or a list of such. */
  note(payload: unknown): void {
    if (typeof payload !== 'string') return;
    const now = performance.now();
    for (const id of idsIn(payload)) {
      this.#created.set(id, now);
      if (this.#created.size > MAX_KNOWN) {
        const [oldest] = this.#created.keys();
        if (oldest !== undefined) this.#created.delete(oldest);
      }
    }
  }

  has(id: string, ageMs: number): boolean {
    const created = this.#created.get(id);
    return created !== undefined && performance.now() - created < ageMs;
  }
}

function idsIn(payload: string): string[] {
  let body: unknown;
  try {
    body = JSON.parse(payload);
  } catch {
    return [];
  }
  const things = typeof body === 'object' && body !== null ? Object.values(body).flat() : [];
  return things.flatMap((thing: unknown) => {
    return typeof thing === 'object' && thing !== null && 'id' in thing && typeof thing.id === 'string'
      ? [thing.id]
      : [];
  });
}

export const youngThings = new YoungThings();
