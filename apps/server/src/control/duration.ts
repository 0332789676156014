const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 };

/** Milliseconds of a number of seconds, or of a text as "90", "2h", "1.5d" or "1d12h"; undefined for any other. */
export function millisecondsIn(span: string | number): number | undefined {
  if (typeof span === 'number') return Number.isFinite(span) ? Math.round(span * 1e3) : undefined;
  const text = span.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e3);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)(ms|[smhdw])/g)];
  return Math.round(parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? Number.NaN), 0));
}
