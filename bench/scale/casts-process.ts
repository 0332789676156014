// One side of waiting casts: node casts-process.js publish|serve URL. Told `run COUNT` or `stop`, it answers with its memory.
import { readFileSync } from 'node:fs';
import { ours } from '../rpc/ours.candidate.js';

const IN_FLIGHT = 512;
const [role = '', url = ''] = process.argv.slice(2);
const body = { rows: [{ id: 'b6f3', name: 'star', ra: 292.68, dec: 27.96, tags: ['a', 'b'], on: true, none: null }] };

const pssMiB = (): number =>
  Math.round(Number(/^Pss:\s*(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]) / 1024);

async function publisher(): Promise<(count: number) => Promise<void>> {
  const client = await ours.connect(url);
  return async (count) => {
    let left = count;
    const lane = async (): Promise<void> => {
      for (; left > 0;) {
        left -= 1;
        await client.cast?.(body);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  };
}

const run = role === 'publish' ? await publisher() : undefined;
const stop = role === 'serve' ? await ours.serve(url) : undefined;
process.on('message', (message: { readonly run?: number } | 'memory' | 'stop') => {
  if (message === 'stop') {
    void Promise.resolve(stop?.()).then(() => process.exit(0));
    return;
  }
  const done = message === 'memory' ? undefined : run?.(message.run ?? 0);
  void Promise.resolve(done).then(() => process.send?.(pssMiB()));
});
process.send?.(pssMiB());
