import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

type Row = Record<string, unknown>;

/** What every declared resource of the Network API has, seen from outside, with an address group and a network. */
describe('a declared resource of the Network API', () => {
  let stack: Stack;
  let api: ApiClient;
  before(async () => {
    stack = await startEmbedded();
    api = new ApiClient(stack.ports);
    await api.login();
  });
  after(() => stack?.stop());

  const ask = (status: number, method: string, path: string, body?: unknown): Promise<Row> =>
    api.expect(status, 'network', method, `/v2.0${path}`, body === undefined ? {} : { body });
  const rows = (answer: Row, key: string): Row[] => {
    const found = answer[key];
    assert.ok(Array.isArray(found), JSON.stringify(answer));
    return found;
  };
  const one = (answer: Row, key: string): Row => {
    const found = answer[key];
    assert.ok(typeof found === 'object' && found !== null, JSON.stringify(answer));
    return { ...found };
  };

  it('is created, listed, changed, acted upon and deleted', async () => {
    const body = { address_group: { name: 'offices', addresses: ['10.1.0.9/16'] } };
    const group = one(await ask(201, 'POST', '/address-groups', body), 'address_group');
    assert.deepEqual(
      [group['addresses'], group['tenant_id'], group['revision_number']],
      [['10.1.0.0/16'], group['project_id'], 1],
    );
    const path = `/address-groups/${String(group['id'])}`;
    const added = await ask(200, 'PUT', `${path}/add_addresses`, { addresses: ['10.2.0.0/16'] });
    assert.deepEqual(one(added, 'address_group')['addresses'], ['10.1.0.0/16', '10.2.0.0/16']);
    const refused = await api.request('network', 'PUT', `/v2.0${path}/add_addresses`, {
      body: { addresses: ['10.2.0.0/16'] },
    });
    assert.deepEqual([refused.status, one(refused.json, 'NeutronError')['type']], [400, 'AddressesAlreadyExist']);
    await ask(400, 'PUT', path, { address_group: { addresses: [] } });
    await ask(200, 'PUT', path, { address_group: { name: 'houses' } });
    const found = rows(
      await ask(200, 'GET', '/address-groups?name=houses&fields=name&fields=revision_number'),
      'address_groups',
    );
    assert.deepEqual(found, [{ name: 'houses', revision_number: 3 }]);
    await ask(204, 'DELETE', path);
    const gone = await api.request('network', 'GET', `/v2.0${path}`);
    assert.deepEqual([gone.status, one(gone.json, 'NeutronError')['type']], [404, 'AddressGroupNotFound']);
  });

  it('has tags, which filter', async () => {
    const make = async (name: string, tags: string[]): Promise<string> => {
      const id = String(one(await ask(201, 'POST', '/networks', { network: { name } }), 'network')['id']);
      assert.deepEqual(await ask(200, 'PUT', `/networks/${id}/tags`, { tags }), { tags });
      return id;
    };
    const first = await make('first', ['red', 'blue']);
    await make('second', ['red']);
    const names = async (query: string): Promise<unknown[]> =>
      rows(await ask(200, 'GET', `/networks?${query}&sort_key=name&sort_dir=asc`), 'networks').map(({ name }) => name);
    assert.deepEqual(await names('tags=red'), ['first', 'second']);
    assert.deepEqual(await names('tags=red,blue'), ['first']);
    assert.deepEqual(await names('tags-any=blue,green'), ['first']);
    assert.deepEqual(await names('not-tags=red,blue'), ['second']);
    assert.deepEqual(await names('not-tags-any=red'), []);
    await ask(201, 'PUT', `/networks/${first}/tags/green`);
    await ask(204, 'GET', `/networks/${first}/tags/green`);
    await ask(204, 'DELETE', `/networks/${first}/tags/green`);
    await ask(404, 'DELETE', `/networks/${first}/tags/green`);
    await ask(404, 'GET', '/networks/nothing/tags');
    await ask(204, 'DELETE', `/networks/${first}/tags`);
    assert.deepEqual(await ask(200, 'GET', `/networks/${first}/tags`), { tags: [] });
  });

  it('is announced by its extension', async () => {
    const aliases = rows(await ask(200, 'GET', '/extensions'), 'extensions').map(({ alias }) => alias);
    for (const alias of ['address-group', 'standard-attr-tag', 'standard-attr-timestamp', 'provider']) {
      assert.ok(aliases.includes(alias), alias);
    }
  });

  it('pages as neutron does: a full page points on and back', async () => {
    for (const name of ['a', 'b', 'c']) await ask(201, 'POST', '/address-groups', { address_group: { name } });
    const page = async (path: string): Promise<{ names: unknown[]; links: Record<string, string> }> => {
      const answer = await ask(200, 'GET', path);
      const links = Array.isArray(answer['address_groups_links']) ? rows(answer, 'address_groups_links') : [];
      return {
        names: rows(answer, 'address_groups').map(({ name }) => name),
        links: Object.fromEntries(links.map(({ rel, href }) => [String(rel), String(href)])),
      };
    };
    const first = await page('/address-groups?limit=2&sort_key=name&sort_dir=asc');
    assert.deepEqual(first.names, ['a', 'b']);
    const next = await page(first.links['next']?.replace(/^.*\/v2\.0/, '') ?? '');
    assert.deepEqual([next.names, Object.keys(next.links)], [['c'], ['previous']]);
    const back = await page(next.links['previous']?.replace(/^.*\/v2\.0/, '') ?? '');
    assert.deepEqual(back.names, ['a', 'b']);
  });
});
