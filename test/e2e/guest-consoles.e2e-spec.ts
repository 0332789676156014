// Screen, serial line and SPICE server of a guest of QEMU: by sockets, and as a person sees them in a browser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { ApiClient, until } from '#testing/api-client';
import { Browser, browserFile } from '#testing/browser';
import { Cloud } from '#testing/cloud';
import { GuestsUnderTest } from '#testing/guests-under-test';
import { spiceWelcome } from '#testing/spice-link';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { missingForGuests } from '#testing/tiny-guest';

/** Software emulation beside other tests is slow. */
const BOOT_MS = 120_000;
const STATUS = `document.getElementById('status')?.textContent`;
const SPICE_PAGES = '/usr/share/spice-html5';

const hasSpice = /unix=/.test(spawnSync('qemu-system-x86_64', ['-spice', 'help'], { encoding: 'utf8' }).stdout ?? '');
const noBrowser = browserFile === undefined ? 'no Chromium is installed' : false;

describe('the consoles of a guest', { skip: missingForGuests() }, () => {
  let guests: GuestsUnderTest;
  let stack: Stack;
  let cloud: Cloud;
  let id: string;
  before(async () => {
    guests = await GuestsUnderTest.make();
    const env = { ...guests.env, OS_QEMU__NETWORK: 'user', OS_SPICE__ENABLED: 'true' };
    stack = await startEmbedded({ env });
    const api = new ApiClient(stack.ports);
    await api.login();
    cloud = new Cloud(api);
    const image = await guests.uploadImage(api);
    const flavor = { name: 'tiny', ram: 96, vcpus: 1, disk: 1, id: 'tiny' };
    await api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
    const network = await cloud.createNetwork('consoles', '10.9.0.0/28');
    id = await cloud.createServer('looked-at', network, image, { flavorRef: 'tiny' });
    await cloud.untilStatus(id, 'ACTIVE', BOOT_MS);
    await until(async () => ((await output()).includes('ready after') ? true : undefined), 'its start', BOOT_MS);
  });
  after(async () => {
    await stack?.stop();
    await guests?.close();
  });

  const output = async (): Promise<string> => {
    const body = { 'os-getConsoleOutput': {} };
    return String(
      (await cloud.api.expect(200, 'osapi_compute', 'POST', `/v2.1/servers/${id}/action`, { body }))['output'],
    );
  };

  async function urlOf(protocol: string, type: string): Promise<URL> {
    const body = { remote_console: { protocol, type } };
    const headers = { 'openstack-api-version': 'compute 2.99' };
    const path = `/v2.1/servers/${id}/remote-consoles`;
    const answer = await cloud.api.expect(200, 'osapi_compute', 'POST', path, { body, headers });
    return new URL((answer['remote_console'] as { url: string }).url);
  }

  /** Screenshots stay where somebody wants to look at them. */
  async function keep(browser: Browser, name: string): Promise<void> {
    const picture = await browser.screenshot();
    assert.ok(picture.length > 1_000);
    const folder = process.env['ALBIREO_TEST_SCREENSHOTS'];
    if (folder !== undefined) await writeFile(join(folder, `${name}.png`), picture);
  }

  it(
    'by SPICE: the client is linked and let in, and hears of its main channel',
    { skip: hasSpice ? false : 'this QEMU has no SPICE server', timeout: BOOT_MS },
    async () => {
      const url = await urlOf('spice', 'spice-html5');
      assert.equal(url.pathname, '/spice_auto.html');
      const socket = new WebSocket(new URL(url.search, `ws://${url.host}/`), 'binary', { origin: url.origin });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      assert.deepEqual(await spiceWelcome(socket), { linkError: 0, ticketError: 0, firstMessage: 103 });
      socket.close();
    },
  );

  it(
    'by SPICE, direct: the token tells administrators a host and port, where the client is let in as often as it comes',
    { skip: hasSpice ? false : 'this QEMU has no SPICE server', timeout: BOOT_MS },
    async () => {
      const url = await urlOf('spice', 'spice-direct');
      const headers = { 'openstack-api-version': 'compute 2.99' };
      const path = `/v2.1/os-console-auth-tokens/${url.searchParams.get('token') ?? ''}`;
      const { console: place } = await cloud.api.expect(200, 'osapi_compute', 'GET', path, { headers });
      const { host, port } = place as { host: string; port: number };
      assert.equal(host, '127.0.0.1');
      assert.ok(port > 0, `nobody can connect to port ${port}`);
      for (const _time of [1, 2]) {
        const client: Socket = connect({ host, port });
        await once(client, 'connect');
        assert.deepEqual(await spiceWelcome(client), { linkError: 0, ticketError: 0, firstMessage: 103 });
        client.destroy();
      }
    },
  );

  it('in a browser: the screen shows the guest’s own console', { skip: noBrowser, timeout: BOOT_MS }, async () => {
    const browser = await Browser.open((await urlOf('vnc', 'novnc')).href);
    try {
      await browser.until(STATUS, /Connected to QEMU/);
      // Text in grey on black, of the kernel's console.
      const lit = `(() => {
          const canvas = document.querySelector('canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let lit = 0;
          for (let at = 0; at < data.length; at += 4) if (data[at] > 100) lit += 1;
          return lit > 50 ? 'text' : 'nothing';
        })()`;
      await browser.until(lit, /text/);
      await keep(browser, 'screen');
    } finally {
      await browser.close();
    }
  });

  it(
    'in a browser: what is typed on the serial line is heard and answered',
    { skip: noBrowser, timeout: BOOT_MS },
    async () => {
      const browser = await Browser.open((await urlOf('serial', 'serial')).href);
      try {
        await browser.until(STATUS, /^Connected$/);
        const rows = `document.querySelector('.xterm-rows')?.textContent`;
        await browser.send('Input.insertText', { text: 'echo $((6 * 7))-answer' });
        await browser.until(rows, /echo \$\(\(6 \* 7\)\)-answer/);
        for (const type of ['keyDown', 'keyUp']) {
          await browser.send('Input.dispatchKeyEvent', {
            type,
            key: 'Enter',
            code: 'Enter',
            windowsVirtualKeyCode: 13,
            text: type === 'keyDown' ? '\r' : '',
          });
        }
        await browser.until(rows, /42-answer/);
        await keep(browser, 'serial');
      } finally {
        await browser.close();
      }
    },
  );

  const noPages = existsSync(SPICE_PAGES) ? false : 'spice-html5 is not installed';
  it(
    'in a browser: the pages of spice-html5 show the screen, too',
    { skip: hasSpice ? noBrowser || noPages : 'this QEMU has no SPICE server', timeout: BOOT_MS },
    async () => {
      const browser = await Browser.open((await urlOf('spice', 'spice-html5')).href);
      try {
        await browser.until(`document.querySelector('canvas')?.width`, /^[1-9]\d\d+$/);
        await keep(browser, 'spice');
      } finally {
        await browser.close();
      }
    },
  );
});
