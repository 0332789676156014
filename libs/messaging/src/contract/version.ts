/** oslo's rule: same major, requested minor not above; a third component counts only when the minors are equal. */
export function isCompatible(implemented: string, requested: string): boolean {
  const have = parts(implemented);
  const want = parts(requested);
  if (have === null || want === null || have[0] !== want[0]) return false;
  if (want[1] !== have[1]) return want[1] < have[1];
  return want[2] <= have[2];
}

function parts(version: string): readonly [number, number, number] | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}
