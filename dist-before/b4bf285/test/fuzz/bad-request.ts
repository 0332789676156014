import type { ApiPorts } from '#testing/stack';
import type { Random } from './random.js';

export interface BadRequest {
  readonly api: keyof ApiPorts;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const ID = '11111111-2222-4333-8444-555555555555';
const ROOTS: Readonly<Record<keyof ApiPorts, readonly string[]>> = {
  identity: ['/v3/users', '/v3/projects', '/v3/domains', '/v3/roles', '/v3/auth/tokens', '/v3/role_assignments', '/v3'],
  osapi_compute: ['/v2.1/servers', '/v2.1/flavors', '/v2.1/os-keypairs', '/v2.1/servers/detail', '/v2.1/limits', '/'],
  metadata: ['/latest/meta-data', '/openstack/latest', '/2009-04-04', '/openstack'],
  image: ['/v2/images', '/v2/schemas/image', '/v2', '/'],
  network: ['/v2.0/networks', '/v2.0/subnets', '/v2.0/ports', '/v2.0/extensions', '/'],
};
const TAILS = [
  '',
  '/',
  `/${ID}`,
  `/${ID}/action`,
  '/%00',
  '/%ff%fe',
  '/..%2f..',
  '//',
  '/%',
  '/a%20b',
  `/${'x'.repeat(300)}`,
];
const QUERIES = [
  '',
  '?limit=-1',
  '?limit=99999999999999999999',
  '?marker=%00',
  '?sort_key=__proto__&sort_dir=up',
  '?fields=constructor&fields=id',
  '?name=%ff',
  '?name=(',
  '?__proto__[a]=1',
  '?id=a&id=b&id=',
  `?${'a=1&'.repeat(500)}`,
  '?changes-since=never',
  '?effective&include_names&scope.system=x',
  '?created_at=gt:',
];
const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '\ud800',
  'é'.repeat(400),
  [],
  {},
  [[]],
  [null],
  { a: {} },
  ID,
  '10.0.0.0/33',
  '::/0',
  'None',
  '__proto__',
  'default',
];
const FIELDS = [
  'name',
  'id',
  'flavorRef',
  'imageRef',
  'networks',
  'cidr',
  'ip_version',
  'network_id',
  'fixed_ips',
  'enabled',
  'tags',
  'password',
  'metadata',
  'allocation_pools',
  'domain_id',
  'description',
  'ram',
  'vcpus',
  'disk',
  'public_key',
  'options',
  'min_count',
  'user_data',
  'mac_address',
  'binding:profile',
  'identity',
  'scope',
  'methods',
  'original_password',
];
const HOLDERS = [
  'server',
  'flavor',
  'keypair',
  'network',
  'networks',
  'subnet',
  'port',
  'ports',
  'user',
  'project',
  'domain',
  'role',
  'auth',
  'reboot',
  'os-start',
  'resize',
];
const RAW_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"a":',
  '['.repeat(100_000),
  '{"__proto__":{"a":1}}',
  '\u0000',
  'a=b',
  '{"server":1e999}',
  '{"server":{"name":"\\ud800"}}',
  `{"server":{"name":"${'x'.repeat(120_000)}"}}`,
];
const TYPES = ['application/json', 'text/plain', 'application/xml', 'application/json; charset=utf-16', 'a', ''];
const VERSIONS = ['compute 2.1', 'compute latest', 'compute 2.9999', 'compute x', 'volume 3.0', 'compute 2.90', ''];
const ODD = ['', 'x'.repeat(4000), '\u00ff', '-1', 'null', '127.0.0.1, evil', 'for="[::1', 'gzip'];
const NAMES = [
  'x-user-id',
  'x-roles',
  'forwarded',
  'x-forwarded-host',
  'x-subject-token',
  'x-service-token',
  'accept',
  'origin',
  'if-match',
  'content-encoding',
  'x-openstack-request-id',
  'x-instance-id',
  'accept-encoding',
  'host',
  'expect-ct',
];

/** The next bad request to an API; `token` is sent with most of them. */
export function badRequest(random: Random, api: keyof ApiPorts, token: string): BadRequest {
  const method = random.pick(METHODS);
  const headers: Record<string, string> = {};
  const who = random.below(10);
  if (who > 1) headers['x-auth-token'] = token;
  else if (who === 1) headers['x-auth-token'] = random.pick([...ODD, `${token}x`, token.slice(0, -3)]);
  if (api === 'osapi_compute' && random.below(2) === 0) headers['openstack-api-version'] = random.pick(VERSIONS);
  for (let count = random.below(3); count > 0; count -= 1) headers[random.pick(NAMES)] = random.pick(ODD);
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const body = hasBody ? bodyOf(random) : undefined;
  if (body !== undefined) headers['content-type'] = random.below(5) === 0 ? random.pick(TYPES) : 'application/json';
  const path = `${random.pick(ROOTS[api])}${random.pick(TAILS)}${random.pick(QUERIES)}`;
  return { api, method, path, headers, body };
}

function bodyOf(random: Random): string {
  if (random.below(5) === 0) return random.pick(RAW_BODIES);
  const fields: Record<string, unknown> = {};
  for (let count = random.below(6); count > 0; count -= 1) fields[random.pick(FIELDS)] = random.pick(VALUES);
  const value = random.below(6) === 0 ? random.pick(VALUES) : fields;
  return JSON.stringify({ [random.pick(HOLDERS)]: random.below(8) === 0 ? [value, value] : value });
}
