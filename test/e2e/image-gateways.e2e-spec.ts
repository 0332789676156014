import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '#testing/api-client';
import { missingS3Server, startS3Server } from '#testing/s3-server';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

/** Three parts of an upload to S3 and some more; what is less than two is sent in one piece at its end. */
const BYTES = randomBytes(16_000_000);
const HALF = 12_000_000;

/** What two gateways share: its options, the images that are whole in it, and those that are on their way. */
interface SharedStore {
  readonly env: Readonly<Record<string, string>>;
  whole(): Promise<string[]>;
  begun(): Promise<string[]>;
  remove(): Promise<void>;
}

async function directoryStore(): Promise<SharedStore> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-shared-store-'));
  const files = async (folder: string): Promise<string[]> => readdir(join(directory, folder)).catch(() => []);
  return {
    env: { OS_GLANCE_STORE__FILESYSTEM_STORE_DATADIR: directory },
    whole: async () => (await files('')).filter((name) => name !== 'incoming'),
    begun: () => files('incoming'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function bucketStore(): Promise<SharedStore> {
  const server = await startS3Server();
  const keys = async (path: string): Promise<string[]> => {
    const listed = await (await fetch(`${server.url}/images${path}`)).text();
    return [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key);
  };
  return {
    env: { ...server.options, OS_GLANCE_STORE__STORES: 's3' },
    whole: () => keys(''),
    begun: () => keys('?uploads'),
    remove: () => server.stop(),
  };
}

const STORES: readonly [name: string, open: () => Promise<SharedStore>, missing: string | false][] = [
  ['a directory', directoryStore, false],
  ['a bucket', bucketStore, missingS3Server()],
];

for (const [name, open, skip] of STORES)
  describe(`two gateways over ${name} of images`, { skip }, () => {
    let pair: Pair;
    let store: SharedStore;
    let first: ApiClient;
    let token: string;
    before(async () => {
      store = await open();
      pair = await startPair({
        gateways: 2,
        env: {
          ...store.env,
          OS_IMAGE__UPLOAD_LEASE: '3',
          OS_IMAGE__DATA_SWEEP_INTERVAL: '0.5',
          OS_DEFAULT__PERIODIC_FUZZY_DELAY: '0',
          OS_DEFAULT__ENABLED_APIS: 'identity,image',
        },
      });
      first = new ApiClient(pair.ports);
      await first.login();
      token = first.token;
    });
    after(async () => {
      await pair?.stop();
      await store?.remove();
    });

    const urlOf = (gateway: number, path: string): string =>
      `http://127.0.0.1:${pair.gatewayPorts[gateway]?.image}/v2/images${path}`;
    const ask = (
      gateway: number,
      path: string,
      init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
    ): Promise<Response> =>
      fetch(urlOf(gateway, path), { ...init, headers: { 'x-auth-token': token, ...init.headers } });
    const create = async (gateway: number): Promise<string> => {
      const body = JSON.stringify({ name: 'shared', disk_format: 'raw', container_format: 'bare' });
      const answer = await ask(gateway, '', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      return String(((await answer.json()) as { id: unknown }).id);
    };
    const upload = (gateway: number, id: string): Promise<Response> =>
      ask(gateway, `/${id}/file`, {
        method: 'PUT',
        body: BYTES,
        headers: { 'content-type': 'application/octet-stream' },
      });
    const statusOf = async (gateway: number, id: string): Promise<unknown> =>
      ((await (await ask(gateway, `/${id}`)).json()) as { status: unknown }).status;
    async function until(what: string, test: () => Promise<boolean>): Promise<void> {
      for (let tries = 0; tries < 600; tries += 1) {
        if (await test()) return;
        await sleep(50);
      }
      assert.fail(`not so after 30 s: ${what}`);
    }

    it('what one has taken the other gives, and removes while it is read', async () => {
      const id = await create(0);
      assert.equal((await upload(0, id)).status, 204);
      const reading = await ask(1, `/${id}/file`);
      assert.equal((await ask(0, `/${id}`, { method: 'DELETE' })).status, 204);
      assert.ok(Buffer.from(await reading.arrayBuffer()).equals(BYTES));
      assert.equal((await ask(1, `/${id}`)).status, 404);
      await until('the file is gone', async () => (await store.whole()).length === 0);
    });

    it('an upload whose gateway is killed is begun anew by the other, and nothing is left of it', async () => {
      const id = await create(1);
      const half = httpRequest(urlOf(1, `/${id}/file`), {
        method: 'PUT',
        headers: { 'x-auth-token': token, 'content-type': 'application/octet-stream', 'content-length': BYTES.length },
      });
      half.on('error', () => undefined);
      half.write(BYTES.subarray(0, HALF));
      await until('half of it is there', async () => (await store.begun()).length === 1);
      assert.equal((await upload(0, id)).status, 409);
      await pair.programs.get('gateway-1')?.kill();
      half.destroy();
      await until('the image is queued again', async () => (await statusOf(0, id)) === 'queued');
      await until('the half is gone', async () => (await store.begun()).length === 0);
      assert.equal((await upload(0, id)).status, 204);
      await pair.startGateway(1);
      const answer = await ask(1, `/${id}/file`);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(BYTES));
      assert.equal((await store.whole()).length, 1);
    });
  });
