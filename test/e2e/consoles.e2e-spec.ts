// A browser opens the URLs of `POST /servers/{id}/remote-consoles`: screen and serial line of a server of the fake driver.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { Browser, browserFile } from '#testing/browser';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

const STATUS = `document.getElementById('status')?.textContent`;

describe('the consoles of albireo-server', () => {
  let stack: Stack;
  let cloud: Cloud;
  let id: string;
  before(async () => {
    stack = await startEmbedded({ env: { OS_SPICE__ENABLED: 'true' } });
    const api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
    const network = await cloud.createNetwork('consoles', '192.168.9.0/28');
    id = await cloud.createServer('looked-at', network, await cloud.imageId());
    await cloud.untilStatus(id, 'ACTIVE');
  });
  after(() => stack?.stop());

  async function urlOf(protocol: string, type: string): Promise<URL> {
    const answer = await cloud.api.expect(200, 'osapi_compute', 'POST', `/v2.1/servers/${id}/remote-consoles`, {
      body: { remote_console: { protocol, type } },
      headers: { 'openstack-api-version': 'compute 2.99' },
    });
    return new URL((answer['remote_console'] as { url: string }).url);
  }

  /** The WebSocket that noVNC opens for that URL. */
  async function socketOf(protocol: string, type: string): Promise<URL> {
    const url = await urlOf(protocol, type);
    return new URL(url.searchParams.get('path') ?? url.search, `ws://${url.host}/`);
  }

  it('open their sockets for a valid token, again and again, and from their own pages only', async () => {
    const url = await socketOf('vnc', 'novnc');
    for (const origin of [undefined, `http://${url.host}`, `http://${url.host}`]) {
      const socket = new WebSocket(url, 'binary', origin === undefined ? {} : { origin });
      const [first] = (await once(socket, 'message')) as [Buffer];
      assert.equal(first.toString(), 'RFB 003.008\n');
      assert.equal(socket.protocol, 'binary');
      socket.close();
      await once(socket, 'close');
    }
    const bad = new URL('?token=bad', url);
    const serial = new URL((await socketOf('serial', 'serial')).search, url);
    const refused: [URL, string | undefined][] = [
      [url, 'http://evil.example'],
      [url, `https://${url.host}`],
      [bad, undefined],
      [serial, undefined],
      [new URL('/', url), undefined],
    ];
    for (const [target, origin] of refused) {
      const socket = new WebSocket(target, 'binary', origin === undefined ? {} : { origin });
      socket.on('message', () => assert.fail('something was sent'));
      await once(socket, 'close');
    }
  });

  it('tell administrators what a token stands for', async () => {
    const token = (await urlOf('spice', 'spice-direct')).searchParams.get('token') ?? '';
    const path = `/v2.1/os-console-auth-tokens/${token}`;
    const headers = { 'openstack-api-version': 'compute 2.99' };
    const { console: shown } = await cloud.api.expect(200, 'osapi_compute', 'GET', path, { headers });
    const { port, ...rest } = shown as Record<string, unknown>;
    assert.deepEqual(rest, { instance_uuid: id, host: '127.0.0.1', internal_access_path: null, tls_port: null });
    assert.ok(Number.isInteger(port));
    const unknown = path.replace(token, 'unknown');
    await cloud.api.expect(404, 'osapi_compute', 'GET', unknown, { headers });
    await cloud.api.expect(400, 'osapi_compute', 'GET', path);
  });

  it(
    'are shown by a browser: the picture, and what is typed',
    { skip: browserFile === undefined ? 'no Chromium is installed' : false },
    async () => {
      const browser = await Browser.open((await urlOf('vnc', 'novnc')).href);
      try {
        await browser.until(STATUS, /Connected to looked-at/);
        const colours = `(() => {
          const canvas = document.querySelector('canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 40);
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
          return [...seen].join(' ');
        })()`;
        // Bar, ink and paper of the screen.
        await browser.until(colours, /38,70,120/);
        await browser.until(colours, /222,226,232/);
        assert.ok((await browser.screenshot()).length > 1_000);

        await browser.go((await urlOf('serial', 'serial')).href);
        await browser.until(STATUS, /^Connected$/);
        const rows = `document.querySelector('.xterm-rows')?.textContent`;
        await browser.until(rows, /looked-at:~\$/);
        await browser.send('Input.insertText', { text: 'uname' });
        await browser.until(rows, /looked-at:~\$\s+uname/);
      } finally {
        await browser.close();
      }
    },
  );

  it('end with the server, and its tokens do', async () => {
    const url = await socketOf('serial', 'serial');
    const socket = new WebSocket(url);
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await cloud.deleteServer(id);
    await cloud.untilGone(id);
    await closed;
    const late = new WebSocket(url);
    late.on('message', () => assert.fail('something was sent'));
    await once(late, 'close');
  });
});
