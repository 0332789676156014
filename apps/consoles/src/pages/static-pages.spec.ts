import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConsoleName } from '../console-programs.js';
import { StaticPages } from './static-pages.js';

describe('the pages of the console programs', () => {
  const servers = new Map<ConsoleName, Server>();
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'albireo-pages-'));
    await mkdir(join(folder, 'web'));
    await writeFile(join(folder, 'web', 'spice_auto.html'), '<html>spice</html>');
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink(join(folder, 'secret'), join(folder, 'web', 'link'));
    for (const name of ['novncproxy', 'serialproxy', 'spicehtml5proxy'] as const) {
      const server = createServer(new StaticPages(name, join(folder, 'web')).answer);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      servers.set(name, server);
    }
  });
  after(async () => {
    await Promise.all([...servers.values()].map((server) => new Promise((resolve) => server.close(resolve))));
    await rm(folder, { recursive: true });
  });

  /** The literal path: fetch would normalize it. */
  function get(
    name: ConsoleName,
    path: string,
    method = 'GET',
  ): Promise<{ status: number; text: string; type: string }> {
    const server = servers.get(name);
    assert.ok(server !== undefined);
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path, method, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text, type: answer.headers['content-type'] ?? '' }),
        );
      })
        .on('error', reject)
        .end();
    });
  }

  it('are at the paths of nova, with what they load', async () => {
    const page = await get('novncproxy', '/vnc_auto.html?path=%3Ftoken%3Dabc');
    assert.equal(page.status, 200);
    assert.match(page.type, /text\/html/);
    assert.match(page.text, /noVNC[^]*<script/);
    assert.match((await get('novncproxy', '/novnc/core/rfb.js')).type, /javascript/);
    assert.equal((await get('novncproxy', '/novnc/vendor/pako/lib/zlib/inflate.js')).status, 200);
    assert.equal((await get('serialproxy', '/?token=abc')).status, 200);
    assert.equal((await get('serialproxy', '/xterm/lib/xterm.mjs')).status, 200);
    assert.match((await get('serialproxy', '/xterm/css/xterm.css')).type, /css/);
    assert.equal((await get('serialproxy', '/fit/lib/addon-fit.mjs')).status, 200);
    assert.equal((await get('spicehtml5proxy', '/spice_auto.html')).text, '<html>spice</html>');
    assert.equal((await get('novncproxy', '/', 'HEAD')).text, '');
  });

  it('are all that is served', async () => {
    const paths: [ConsoleName, string][] = [
      ['novncproxy', '/novnc/package.json'],
      ['novncproxy', '/novnc/core/../package.json'],
      ['novncproxy', '/novnc/core/%2e%2e/package.json'],
      ['novncproxy', '/novnc/core'],
      ['novncproxy', '/__proto__'],
      ['novncproxy', '/%E0%A4%A'],
      ['novncproxy', '/novnc/core/rfb.js%00'],
      ['serialproxy', '/xterm/package.json'],
      ['spicehtml5proxy', '/../secret'],
      ['spicehtml5proxy', '/link'],
      ['spicehtml5proxy', '/'],
    ];
    for (const [name, path] of paths) assert.equal((await get(name, path)).status, 404, path);
    assert.equal((await get('novncproxy', '/', 'POST')).status, 405);
  });
});
