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
