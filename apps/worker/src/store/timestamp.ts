const pattern = /^(\d{4,}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?\+00(?::?00)?$/;

/**
 * Converts PostgreSQL's text of a timestamptz (session time zone UTC), or the text that its to_json makes, to ISO 8601
 * with microseconds and `Z`. A JavaScript Date would lose the microseconds, which paging by creation time needs.
 */
export function isoTimestamp(text: string): string {
  const match = pattern.exec(text);
  if (match === null) {
    throw new RangeError(
      `timestamptz "${text}": expected "YYYY-MM-DD HH:MM:SS[.ffffff]+00"; is the session's zone UTC?`,
    );
  }
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
}
