/** Parts after which they grow, so that 10,000 of them hold 55,000 times the first. */
const GROWS_AFTER = 1_000;

/**
 * What a source gives, in parts of `bytes` each, the last one less: the second thousand of them has twice as many, the
 * third three times, and so on. One part is in memory; none of a source without bytes.
 */
export async function* partsOf(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Buffer, undefined> {
  let count = 0;
  let part = Buffer.allocUnsafeSlow(bytes);
  let filled = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.byteLength;) {
      const taken = chunk.subarray(from, from + part.byteLength - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      from += taken.byteLength;
      if (filled < part.byteLength) continue;
      yield part;
      count += 1;
      part = Buffer.allocUnsafeSlow(bytes * (1 + Math.floor(count / GROWS_AFTER)));
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
  return undefined;
}
