import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import { Cloud, rowsOf } from '#testing/cloud';
import { inParallel } from './in-parallel.js';
import type { Attack } from './attack.js';
import { Neighbour } from './neighbour.js';
import type { Tenant } from './target.js';

interface Creation {
  readonly api: ApiName;
  readonly path: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Created, and refused by the quota. */
  readonly expected: readonly number[];
  /** Where what was created is counted, and how much of it there may be. */
  readonly list: string;
  readonly key: string;
  readonly quota: number;
}

const many = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

/** Bulk and parallel creates that together ask for many times the quota: no more than the quota comes to be. */
export const quotasAtOnce: Attack = {
  name: 'quotas-at-once',
  async run(target, extent) {
    const attacker = await target.tenant('quotas');
    const neighbour = await Neighbour.of(target, 'quotas-neighbour');
    const findings: string[] = [];
    let tried = 0;
    const countOf = async ({ api, list, key }: Pick<Creation, 'api' | 'list' | 'key'>): Promise<number> =>
      rowsOf(await target.admin.expect(200, api, 'GET', list), key).length;
    const before = new Map<string, number>();
    const play = async (creation: Creation, requests: number): Promise<void> => {
      const { read, findings: found } = await neighbour.during(createAtOnce(attacker, creation, requests, findings));
      findings.push(...found);
      tried += requests + read;
      // As the administrator, who sees all that there is: also what the attacker has made but does not see.
      const count = (await countOf(creation)) - (before.get(creation.key) ?? 0);
      if (count === 0 || count > creation.quota) findings.push(`${count} ${creation.key} of ${creation.quota}`);
    };
    const networks = {
      api: 'network',
      path: '/v2.0/networks',
      expected: [201, 409],
      list: '/v2.0/networks?fields=id',
      key: 'networks',
      quota: 100,
    } as const;
    const servers = {
      api: 'osapi_compute',
      path: '/v2.1/servers',
      headers: { 'x-openstack-nova-api-version': '2.37' },
      expected: [202, 403],
      list: '/v2.1/servers?all_tenants=1&limit=1000',
      key: 'servers',
      quota: 10,
    } as const;
    for (const counted of [networks, servers]) before.set(counted.key, await countOf(counted));
    const imageRef = await new Cloud(attacker.client).imageId();
    const server = { name: 's', imageRef, flavorRef: '1', networks: 'none' };
    await play({ ...networks, body: { networks: many(60, { name: 'bulk' }) } }, extent.full ? 20 : 6);
    await play({ ...networks, body: { network: {} } }, extent.full ? 120 : 50);
    await play({ ...servers, body: { server } }, extent.full ? 100 : 24);
    await play({ ...servers, body: { server: { ...server, min_count: 1, max_count: 9 } } }, extent.full ? 40 : 8);
    return { tried, findings };
  },
};

/** All at once, as far as connections go. */
async function createAtOnce(
  { client }: Tenant,
  creation: Creation,
  requests: number,
  findings: string[],
): Promise<void> {
  const { api, path, body, headers = {}, expected } = creation;
  await inParallel(many(requests, body), 40, async (one) => {
    const answer = await client.request(api, 'POST', path, { body: one, headers });
    if (!expected.includes(answer.status)) findings.push(`POST ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  });
}
