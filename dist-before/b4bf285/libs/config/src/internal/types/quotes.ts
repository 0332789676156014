/** Removes one pair of equal quotes around a text, if there is one. */
export function unquote(text: string): string {
  const first = text[0];
  return text.length > 0 && (first === '"' || first === "'") && text.endsWith(first) ? text.slice(1, -1) : text;
}
