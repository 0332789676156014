const MALFORMED = /%(?![0-9A-Fa-f]{2})/;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * The normal form of a path (without query), by which mounts and routes are chosen. Escapes of characters that need
 * none are decoded and the others are written in capitals (RFC 3986, 6.2.2.1 and 6.2.2.2); bytes beyond ASCII are
 * escaped; runs of slashes become one, as in paste.urlmap. Dot segments, escaped slashes, letters' case and `;` stay as
 * they are: they are ordinary text to mounts and routes. A normal path is unchanged. Undefined for a path with a
 * malformed escape, since decoding others around it could make a new escape (`%%37%36`).
 */
export function normalPath(path: string): string | undefined {
  if (isNormal(path)) return path;
  if (MALFORMED.test(path)) return undefined;
  return path
    .replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
    .replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => {
      const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      return UNRESERVED.test(character) ? character : escape.toUpperCase();
    })
    .replaceAll(/\/{2,}/g, '/');
}

/** Nearly every path is normal, so this check makes no copy. */
function isNormal(path: string): boolean {
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    if (code === 0x25 || code > 0x7e || (code === 0x2f && path.charCodeAt(at + 1) === 0x2f)) return false;
  }
  return true;
}
