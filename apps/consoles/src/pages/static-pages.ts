import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, normalize, sep } from 'node:path';
import type { ConsoleName } from '../console-programs.js';
import { PAGES } from './page-texts.js';

const require = createRequire(import.meta.url);

/** Folder of an installed package: found through a file that it exports. */
function folderOf(name: string, file: string): string {
  const path = realpathSync(require.resolve(file));
  return path.slice(0, path.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length);
}

/** The files served below a prefix: a folder, or single files of one. */
interface Mount {
  readonly prefix: string;
  readonly folder: string;
  readonly only?: readonly string[];
}

const MOUNTS: Readonly<Record<ConsoleName, (web: string) => readonly Mount[]>> = {
  novncproxy() {
    const folder = dirname(dirname(realpathSync(require.resolve('@novnc/novnc'))));
    return ['core', 'vendor'].map((part) => ({ prefix: `/novnc/${part}/`, folder: join(folder, part) }));
  },
  serialproxy: () => [
    { prefix: '/xterm/', folder: folderOf('@xterm/xterm', '@xterm/xterm'), only: ['lib/xterm.mjs', 'css/xterm.css'] },
    { prefix: '/fit/', folder: folderOf('@xterm/addon-fit', '@xterm/addon-fit'), only: ['lib/addon-fit.mjs'] },
  ],
  spicehtml5proxy: (web) => [{ prefix: '/', folder: web }],
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/** Tokens are in the URLs: no other site must receive them, or show the page in a frame. */
const HEADERS = {
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' data: blob:; connect-src 'self' ws: wss:",
};

/** The pages of a console program, and the files that they load. */
export class StaticPages {
  readonly #mounts: readonly Mount[];
  readonly #pages: Readonly<Record<string, string>>;

  constructor(console: ConsoleName, web: string) {
    this.#mounts = MOUNTS[console](web);
    this.#pages = PAGES[console];
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '' } = request;
    if (method !== 'GET' && method !== 'HEAD')
      return end(response, 405, 'Method Not Allowed\n', { allow: 'GET, HEAD' });
    const path = pathOf(request.url ?? '/');
    const page = path !== undefined && Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined;
    if (page !== undefined) {
      const type = path?.endsWith('.js') === true ? TYPES['.js'] : TYPES['.html'];
      return end(response, 200, method === 'HEAD' ? '' : page, { 'content-type': type, 'cache-control': 'no-store' });
    }
    const file = path === undefined ? undefined : this.#fileOf(path);
    if (file === undefined) return end(response, 404, 'Not Found\n');
    response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    if (method === 'HEAD') response.end();
    else
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response);
  };

  #fileOf(path: string): string | undefined {
    for (const { prefix, folder, only } of this.#mounts) {
      if (!path.startsWith(prefix)) continue;
      const rest = normalize(path.slice(prefix.length));
      if (only !== undefined && !only.includes(rest)) continue;
      const file = join(folder, rest);
      if (!existsSync(file)) continue;
      const real = realpathSync(file);
      // Nothing outside of the folder, neither through dots nor through a link.
      if (real.startsWith(`${realpathSync(folder)}${sep}`) && statSync(real).isFile()) return real;
    }
    return undefined;
  }
}

/** The path of a request target, decoded; undefined if it is invalid. */
function pathOf(target: string): string | undefined {
  try {
    const path = decodeURIComponent((target.split('?', 1)[0] ?? '').split('#', 1)[0] ?? '');
    return path.startsWith('/') && !path.includes('\0') ? path : undefined;
  } catch {
    return undefined;
  }
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): void {
  const known = Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', ...known });
  response.end(text);
}
