import { Random } from '../fuzz/random.js';
import type { AttackReport, Extent } from './attack.js';
import { ATTACKS } from './attacks.js';
import { startTarget } from './target.js';
import type { Form } from './target.js';

export interface Played extends AttackReport {
  readonly form: Form;
  readonly attack: string;
  readonly seconds: number;
}

/** Items chosen by the seed, in their own order. */
function extentOf(seed: number, full: boolean): Extent {
  const random = new Random(seed);
  return {
    full,
    random,
    sample: (items, count) => {
      if (full || items.length <= count) return items;
      const places = new Set<number>();
      while (places.size < count) places.add(random.below(items.length));
      return items.filter((_item, at) => places.has(at));
    },
  };
}

/** Plays the attacks against a cloud of its own, and tells of each as it ends. @param only names; all where empty */
export async function* play(
  form: Form,
  how: { full: boolean; seed: number; only?: readonly string[] },
): AsyncGenerator<Played> {
  const { full, seed, only = [] } = how;
  const wanted = ATTACKS.filter(({ name }) => only.length === 0 || only.includes(name));
  // One of the forms trusts what proxies say, as behind an Ingress.
  const env: Record<string, string> =
    form === 'pair' ? { OS_OSLO_MIDDLEWARE__ENABLE_PROXY_HEADERS_PARSING: 'true' } : {};
  const target = await startTarget(form, env);
  try {
    for (const attack of wanted) {
      const startedMs = performance.now();
      const { tried, findings } = await attack.run(target, extentOf(seed, full));
      yield { form, attack: attack.name, tried, findings, seconds: (performance.now() - startedMs) / 1000 };
    }
    for (const [name, program] of target.stack.programs) {
      if (program.running) continue;
      yield { form, attack: 'afterwards', tried: 1, findings: [`${name} is gone`], seconds: 0 };
    }
  } finally {
    await target.stop();
  }
}
