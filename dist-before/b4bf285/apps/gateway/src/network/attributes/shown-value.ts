const LONGEST = 120;

/** A client's value as an error message quotes it: in single quotes and cut, so that no body is echoed whole. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return `'${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}'`;
}
