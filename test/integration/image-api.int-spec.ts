import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ExpectedError, Image, ImagePage, imageContract } from '#libs/contracts';
import type { ImageData, ListArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { imageApi } from '../../apps/gateway/src/image/image.api.js';
import { OpenApiJudge } from '../support/openapi-judge.js';
import { startStubGateway } from '../support/stub-gateway.js';
import type { StubAnswer, StubGateway, StubRequest } from '../support/stub-gateway.js';

const ID = '7d3f6a52-3c1e-5f0e-9f51-0d4a4f1f2a10';
const image: ImageData = {
  id: ID,
  name: 'cirros',
  status: 'active',
  visibility: 'public',
  protected: false,
  owner: null,
  disk_format: 'qcow2',
  container_format: 'bare',
  size: 21_430_272,
  virtual_size: null,
  min_disk: 1,
  min_ram: 64,
  checksum: null,
  os_hash_algo: null,
  os_hash_value: null,
  locations: [],
  stores: [],
  os_hidden: false,
  tags: [],
  properties: { os_distro: 'cirros' },
  created_at: '2026-11-21T20:49:56.123456Z',
  updated_at: '2026-11-21T20:49:56.123456Z',
};

function stubWorker(asked: unknown[]) {
  return {
    contract: imageContract,
    handlers: {
      image_list: async (_context: RequestContext, args: ListArgs) => {
        asked.push(JSON.parse(JSON.stringify(args)));
        const names = args.filters?.['name'];
        const objects = names === undefined || names.includes(String(image.name)) ? [image] : [];
        return ImagePage.wrap({ objects, next_marker: args.limit === 1 ? ID : null });
      },
      image_get: async (_context: RequestContext, { id }: { id: string }) => {
        if (id !== ID) throw new ExpectedError('ImageNotFound', `No image found with ID ${id}`);
        return Image.wrap(image);
      },
    },
  };
}

describe('the Image API', () => {
  const asked: unknown[] = [];
  let gateway: StubGateway;
  const ask = (request: StubRequest): Promise<StubAnswer> => gateway.request(request);

  before(async () => {
    gateway = await startStubGateway(imageApi, stubWorker(asked));
  });
  beforeEach(() => {
    asked.length = 0;
  });
  after(() => gateway.stop());

  it('is discovered without a token', async () => {
    const root = await ask({ url: '/', roles: null });
    assert.equal(root.status, 300);
    assert.match(
      root.text,
      /"id":"v2\.9","status":"CURRENT","links":\[\{"rel":"self","href":"http:\/\/cloud\.example:1234\/v2\/"/,
    );
    assert.equal((await ask({ url: '/versions', roles: null })).status, 200);
    assert.equal((await ask({ url: '/v2/images', roles: null })).status, 401);
  });

  it('answers what the document that it serves says', async () => {
    const served = await ask({ url: '/openapi.json', roles: null });
    assert.equal(served.status, 200, served.text);
    const judge = new OpenApiJudge(Object(served.json));
    for (const path of ['/images', `/images/${ID}`, '/schemas/image', '/info/import', '/info/stores']) {
      const answer = await ask({ url: `/v2${path}` });
      const fault = judge.fault({ method: 'GET', path, status: answer.status, body: answer.json });
      assert.equal(fault, undefined, `GET ${path}`);
    }
  });

  it('finds an image as the command line does: by id, then by name', async () => {
    const byId = await ask({ url: '/v2/images/cirros' });
    assert.equal(byId.status, 404);
    assert.match(String(byId.headers['content-type']), /^text\/html/);
    assert.match(byId.text, /<h1>404 Not Found<\/h1>\s+No image found with ID cirros/);
    const byName = await ask({ url: '/v2/images?name=cirros' });
    assert.equal(byName.status, 200);
    assert.match(byName.text, /"name":"cirros"/);
    const shown = await ask({ url: `/v2/images/${ID}` });
    assert.equal(shown.status, 200);
    assert.match(shown.text, /"os_distro":"cirros"/);
    assert.match(shown.text, /"schema":"\/v2\/schemas\/image"/);
  });

  it('writes its errors as the client accepts them', async () => {
    const answer = await ask({ url: '/v2/images/cirros', headers: { accept: 'application/json' } });
    assert.deepEqual(answer.json, {
      message: 'No image found with ID cirros',
      code: '404 Not Found',
      title: 'Not Found',
    });
    for (const id of ['%00', 'x'.repeat(300), '%3Cscript%3E']) {
      const bad = await ask({ url: `/v2/images/${id}` });
      assert.equal(bad.status, 404);
      assert.ok(!bad.text.includes('<script>'));
    }
  });

  it('pages', async () => {
    const page = await ask({ url: '/v2/images?limit=1&sort=name:asc' });
    assert.deepEqual(asked[0], {
      filters: { os_hidden: ['false'] },
      limit: 1,
      sort_keys: ['name'],
      sort_dirs: ['asc'],
    });
    assert.match(page.text, new RegExp(`"next":"/v2/images\\?limit=1&sort=name%3Aasc&marker=${ID}"`));
    assert.match(page.text, /"first":"\/v2\/images\?limit=1&sort=name%3Aasc"/);
    assert.equal((await ask({ url: '/v2/images?limit=-1' })).status, 400);
    assert.equal((await ask({ url: '/v2/images?visibility=secret' })).status, 400);
    assert.equal((await ask({ url: '/v2/images/' })).status, 404);
  });

  it('has schemas', async () => {
    for (const name of ['image', 'images', 'member', 'members']) {
      const schema = await ask({ url: `/v2/schemas/${name}` });
      assert.equal(schema.status, 200);
      assert.match(schema.text, new RegExp(`^\\{"name":"${name}"`));
    }
    assert.equal((await ask({ url: '/v2/schemas/nothing' })).status, 404);
  });

  it('refuses what no worker need be asked about', async () => {
    const create = async (body: unknown) => (await ask({ method: 'POST', url: '/v2/images', body })).status;
    assert.equal(await create({ name: 5 }), 400);
    assert.equal(await create({ self: 'x' }), 403);
    assert.equal(await create({ status: 'active' }), 403);
    assert.equal(await create({ os_glance_import_task: 'x' }), 403);
    assert.equal(await create({ disk_format: 'zip' }), 400);
    assert.equal(await create([]), 400);
    const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
    const patch = async (body: string) =>
      (await ask({ method: 'PATCH', url: `/v2/images/${ID}`, body, headers })).status;
    assert.equal(await patch('[{"op":"replace","path":"/id","value":"x"}]'), 403);
    assert.equal(await patch('[{"op":"replace","path":"name","value":"x"}]'), 400);
    assert.equal(await patch('[{"op":"replace","path":"/a/b","value":"x"}]'), 400);
    assert.equal(await patch('[{"op":"move","path":"/name"}]'), 400);
    assert.equal(await patch('{}'), 400);
    const plain = await ask({ method: 'PATCH', url: `/v2/images/${ID}`, body: [] });
    assert.equal(plain.status, 415);
    assert.match(String(plain.headers['accept-patch']), /v2\.1-json-patch/);
    assert.equal((await ask({ method: 'PUT', url: `/v2/images/${ID}` })).status, 405);
    assert.equal((await ask({ method: 'PUT', url: `/v2/images/${ID}/file`, body: {} })).status, 415);
    assert.match((await ask({ url: '/v2/info/import' })).text, /"web-download"/);
  });
});
