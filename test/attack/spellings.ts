/** One way to write a path so that some part of a server may take it for another. */
export interface Spelling {
  readonly name: string;
  /** The request target: what stands in the request line. */
  readonly target: string;
}

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Replaces the nth character from the front that fits. */
function replaceAt(path: string, fits: RegExp, how: (character: string) => string, last = false): string {
  const places = path.split('').flatMap((character, at) => (fits.test(character) ? [at] : []));
  const at = last ? places.at(-1) : places[0];
  return at === undefined ? path : path.slice(0, at) + how(path[at] ?? '') + path.slice(at + 1);
}

/** Spellings of a path (which begins with a slash and is plain); `host` is what a proxy would write in front. */
export function spellingsOf(path: string, host: string): Spelling[] {
  const bare = path.slice(1);
  const cut = path.indexOf('/', 1) < 0 ? path.length : path.indexOf('/', 1);
  const [first, rest] = [path.slice(0, cut), path.slice(cut)];
  const ways: readonly (readonly [name: string, target: string])[] = [
    ['first letter encoded', replaceAt(path, /[a-z]/i, percent)],
    ['first letter encoded, small hex', replaceAt(path, /[a-z]/i, (one) => percent(one).toLowerCase())],
    ['last letter encoded', replaceAt(path, /[a-z]/i, percent, true)],
    ['all letters encoded', `/${bare.replaceAll(/[a-z]/gi, percent)}`],
    ['digit encoded', replaceAt(path, /\d/, percent)],
    ['dot encoded', replaceAt(path, /\./, percent)],
    ['inner slash encoded', `${first}%2F${rest.slice(1)}`],
    ['inner slash encoded, small hex', `${first}%2f${rest.slice(1)}`],
    ['leading slash encoded', `/%2F${bare}`],
    ['letter encoded twice', replaceAt(path, /[a-z]/i, (one) => percent(one).replace('%', '%25'))],
    ['letter encoded three times', replaceAt(path, /[a-z]/i, (one) => percent(one).replace('%', '%2525'))],
    ['percent of an encoding encoded', replaceAt(path, /[a-z]/i, (one) => `%25${percent(one).slice(1)}`)],
    [
      'encoding made by decoding',
      replaceAt(path, /[a-z]/i, (one) => `%${percent(one).slice(1).replaceAll(/./g, percent)}`),
    ],
    ['overlong UTF-8 slash', `${first}%c0%af${rest.slice(1)}`],
    ['half an encoding', `${path}%7`],
    ['encoding without hex', replaceAt(path, /[a-z]/i, () => '%zz')],
    ['IIS encoding', replaceAt(path, /[a-z]/i, (one) => `%u00${percent(one).slice(1)}`)],
    ['two leading slashes', `/${path}`],
    ['three leading slashes', `//${path}`],
    ['host in front of the path', `//${host}${path}`],
    ['inner slash doubled', `${first}/${rest}`],
    ['trailing slash', `${path}/`],
    ['two trailing slashes', `${path}//`],
    ['dot segment in front', `/.${path}`],
    ['encoded dot segment in front', `/%2e${path}`],
    ['dot segment inside', `${first}/.${rest}`],
    ['back over nothing', `/..${path}`],
    ['back over something', `/x/..${path}`],
    ['back over something, dots encoded', `/x/%2e%2e${path}`],
    ['back over something, slash encoded', `/x%2f..${path}`],
    ['back over itself', `${first}/..${path}`],
    ['dot segment at the end', `${path}/.`],
    ['back at the end', `${path}/x/..`],
    ['backslash in front', `\\${bare}`],
    ['backslashes', path.replaceAll('/', '\\')],
    ['inner backslash', `${first}\\${rest.slice(1)}`],
    ['backslash encoded', `${first}%5C${rest.slice(1)}`],
    ['upper case', path.toUpperCase()],
    ['first letter changed in case', replaceAt(path, /[a-z]/i, (one) => one.toUpperCase())],
    ['parameter at the end', `${path};a=b`],
    ['parameter inside', `${first};a=b${rest}`],
    ['parameter encoded', `${first}%3Ba=b${rest}`],
    ['NUL at the end', `${path}%00`],
    ['NUL inside', `${first}%00${rest}`],
    ['line break at the end', `${path}%0d%0a`],
    ['space at the end', `${path}%20`],
    ['dot at the end', `${path}.`],
    ['extension', `${path}.json`],
    ['query', `${path}?a=/v3`],
    ['encoded query', `${path}%3Fa=b`],
    ['empty query', `${path}?`],
    ['fragment at the end', `${path}#`],
    ['fragment inside', `${first}#${rest}`],
    ['encoded fragment', `${path}%23`],
    ['fullwidth letter', replaceAt(path, /[a-z]/i, (one) => encodeURIComponent(fullwidth(one)))],
    ['fullwidth slash', `${first}%EF%BC%8F${rest.slice(1)}`],
    ['bytes beyond ASCII', `${path}\u00e9`],
    ['letter with its high bit set', replaceAt(path, /[a-z]/i, (one) => String.fromCharCode(one.charCodeAt(0) | 0x80))],
    ['absolute form', `http://${host}${path}`],
    ['absolute form, TLS', `https://${host}${path}`],
    ['absolute form, large letters', `HTTP://${host}${path}`],
    ['absolute form, another host', `http://elsewhere.example${path}`],
    ['absolute form, no host', `http://${path}`],
    ['absolute form, user', `http://admin:secret@${host}${path}`],
    ['absolute form, port', `http://${host}:1${path}`],
    ['absolute form, slash doubled', `http://${host}/${path}`],
    ['absolute form, encoded', `http://${host}${replaceAt(path, /[a-z]/i, percent)}`],
    ['absolute form, back over something', `http://${host}/x/..${path}`],
    ['absolute form, backslashes', `http:\\\\${host}${path.replaceAll('/', '\\')}`],
    ['absolute form, one slash', `http:${path}`],
    ['absolute form, fragment', `http://${host}/#${path}`],
    ['absolute form, another scheme', `file://${host}${path}`],
    ['script', `javascript:${path}`],
    ['authority form', `${host}:443`],
    ['asterisk', '*'],
    ['no leading slash', bare],
  ];
  const seen = new Set<string>([path]);
  return ways.flatMap(([name, target]) => {
    if (seen.has(target) || target === '') return [];
    seen.add(target);
    return [{ name, target }];
  });
}

function fullwidth(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0);
}
