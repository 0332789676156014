// The smoke test of an installation: logs in, makes a network and a server on it, waits until it is ACTIVE, and
// removes both. Exit code 0, or 1 with one line that says what went wrong.
//   OS_AUTH_URL OS_USERNAME OS_PASSWORD OS_PROJECT_NAME   who and where; without OS_PASSWORD "albireo-manage
//                                                         clouds-yaml" is asked
//   OS_INTERFACE  interface of the catalog; public       SMOKE_TIMEOUT  seconds; 60
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const { env } = process;
const deadline = Date.now() + Number(env.SMOKE_TIMEOUT ?? 60) * 1000;
const authUrl = (env.OS_AUTH_URL ?? 'http://127.0.0.1:5000/v3').replace(/\/+$/, '');

function passwordOfThisInstallation() {
  const text = execFileSync('albireo-manage', ['clouds-yaml', '--auth-url', authUrl], { encoding: 'utf8' });
  return JSON.parse(/^ *password: (.+)$/m.exec(text)?.[1] ?? '""');
}

async function request(method, url, { token, body, expect }) {
  const headers = { 'Content-Type': 'application/json', ...(token && { 'X-Auth-Token': token }) };
  const signal = AbortSignal.timeout(Math.max(1000, deadline - Date.now()));
  const response = await fetch(url, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!expect.includes(response.status)) {
    throw new Error(
      `${method} ${url}: expected ${expect.join(' or ')}, found ${response.status}: ${text.slice(0, 300)}`,
    );
  }
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

async function logIn() {
  const user = { name: env.OS_USERNAME ?? 'admin', domain: { id: 'default' } };
  const password = env.OS_PASSWORD ?? passwordOfThisInstallation();
  const scope = { project: { name: env.OS_PROJECT_NAME ?? 'admin', domain: { id: 'default' } } };
  const body = { auth: { identity: { methods: ['password'], password: { user: { ...user, password } } }, scope } };
  const answer = await request('POST', `${authUrl}/auth/tokens`, { body, expect: [201] });
  const face = env.OS_INTERFACE ?? 'public';
  const urlOf = (type) => {
    const service = answer.body.token.catalog.find((entry) => entry.type === type);
    const endpoint = service?.endpoints.find((entry) => entry.interface === face);
    if (endpoint === undefined) throw new Error(`the catalog has no ${face} URL of ${type}`);
    return endpoint.url.replace(/\/+$/, '');
  };
  return { token: answer.headers.get('X-Subject-Token'), urlOf };
}

const { token, urlOf } = await logIn();
const ask = (method, url, expect, body) => request(method, url, { token, body, expect });
const compute = urlOf('compute');
const network = `${urlOf('network')}/v2.0`;
const name = `smoke-${Date.now().toString(36)}`;
const undo = [];

async function server(id) {
  const { body } = await ask('GET', `${compute}/servers/${id}`, [200]);
  if (body.server.status === 'ERROR') throw new Error(`the server is in ERROR: ${JSON.stringify(body.server.fault)}`);
  return body.server;
}

/** The first flavor that is large enough for one of the images, and that image. */
function fitting(flavors, images) {
  for (const flavor of flavors) {
    const image = images.find(({ min_disk, min_ram }) => min_disk <= flavor.disk && min_ram <= flavor.ram);
    if (image !== undefined) return [flavor, image];
  }
  throw new Error(`none of ${flavors.length} flavors is large enough for one of ${images.length} images`);
}

async function until(what, check) {
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within the time`);
    await sleep(200);
  }
}

try {
  const flavors = (await ask('GET', `${compute}/flavors/detail`, [200])).body.flavors;
  const images = (await ask('GET', `${urlOf('image')}/v2/images`, [200])).body.images;
  const [flavor, image] = fitting(flavors, images);
  const net = (await ask('POST', `${network}/networks`, [201], { network: { name } })).body.network;
  undo.unshift(() => ask('DELETE', `${network}/networks/${net.id}`, [204]));
  const subnet = { name, network_id: net.id, ip_version: 4, cidr: '192.0.2.0/24' };
  await ask('POST', `${network}/subnets`, [201], { subnet });
  const asked = { name, flavorRef: flavor.id, imageRef: image.id, networks: [{ uuid: net.id }] };
  const { id } = (await ask('POST', `${compute}/servers`, [202], { server: asked })).body.server;
  undo.unshift(async () => {
    await ask('DELETE', `${compute}/servers/${id}`, [204]);
    await until('delete', async () => (await ask('GET', `${compute}/servers/${id}`, [200, 404])).status === 404);
  });
  let seen;
  await until('ACTIVE', async () => (seen = await server(id)).status === 'ACTIVE');
  const addresses = Object.values(seen.addresses).flatMap((list) => list.map((entry) => entry.addr));
  if (addresses.length !== 1) throw new Error(`expected one address, found ${addresses.join(', ') || 'none'}`);
  console.log(`server ${id} is ACTIVE with ${addresses[0]}`);
} catch (error) {
  console.error(`smoke test failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const step of undo) {
    await step().catch((error) => {
      console.error(`cannot remove: ${error.message}`);
      process.exitCode = 1;
    });
  }
}
