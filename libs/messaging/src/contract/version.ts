/**
 * oslo's rule: same major, and the requested minor is not above the implemented one; a third component counts only when
 * the minors are equal.
 */
export function isCompatible(implemented: string, requested: string): boolean {
  const have = parts(implemented);
  const want = parts(requested);
  if (have === null || want === null || have[0] !== want[0]) return false;
  if (want[1] !== have[1]) return want[1] < have[1];
  return want[2] <= have[2];
}

type Parts = readonly [number, number, number] | null;

/** Versions are compared for each message. */
const known = new Map<string, Parts>();
const mostKnown = 1024;

function parts(version: string): Parts {
  const found = known.get(version);
  if (found !== undefined) return found;
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version);
  const read: Parts = match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  // A sender may invent any number of versions.
  if (known.size < mostKnown && version.length <= 64) known.set(version, read);
  return read;
}
