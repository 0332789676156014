import { setTimeout as sleep } from 'node:timers/promises';

/** Does one thing, and another one at least so much later. */
export async function during(
  go: () => unknown,
  forMs: number,
  back: () => unknown,
): Promise<{ goneAt: number; backAt: number }> {
  const goneAt = performance.now();
  await go();
  await sleep(Math.max(0, forMs - (performance.now() - goneAt)));
  await back();
  return { goneAt, backAt: performance.now() };
}
