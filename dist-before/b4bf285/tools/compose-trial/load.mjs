// A small steady load from inside the containers' network: RATE creates and as many lists a second for SECONDS. Then
// waits until every accepted server has settled, and prints one line of JSON. Run by ../compose-trial.mjs.
import { setTimeout as sleep } from 'node:timers/promises';

const { PASSWORD, RATE = '4', SECONDS = '40' } = process.env;
const auth = 'http://gateway:5000/v3';
const compute = 'http://gateway:8774/v2.1';
const network = 'http://gateway:9696/v2.0';
const answers = {};
const states = {};
const count = (table, what) => {
  table[what] = (table[what] ?? 0) + 1;
};

async function request(method, url, token, body) {
  try {
    const headers = { 'content-type': 'application/json', ...(token && { 'x-auth-token': token }) };
    const signal = AbortSignal.timeout(70_000);
    const response = await fetch(url, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    return { status: error.cause?.code ?? error.name };
  }
}

async function logIn() {
  const user = { name: 'admin', domain: { id: 'default' }, password: PASSWORD };
  const scope = { project: { name: 'admin', domain: { id: 'default' } } };
  const body = { auth: { identity: { methods: ['password'], password: { user } }, scope } };
  for (let attempt = 0; attempt < 90; attempt += 1) {
    const { status, headers } = await request('POST', `${auth}/auth/tokens`, undefined, body);
    if (status === 201) return headers.get('x-subject-token');
    await sleep(1000);
  }
  throw new Error('no log-in within 90 s');
}

let token = await logIn();
const created = (await request('POST', `${network}/networks`, token, { network: { name: 'trial' } })).body.network;
const subnet = { network_id: created.id, ip_version: 4, cidr: '10.77.0.0/16' };
await request('POST', `${network}/subnets`, token, { subnet });
const { flavors } = (await request('GET', `${compute}/flavors/detail`, token)).body;
const { images } = (await request('GET', 'http://gateway:9292/v2/images', token)).body;
const image = images.toSorted((a, b) => a.min_disk - b.min_disk)[0];
const flavor = flavors.find(({ disk }) => disk >= image.min_disk);
const server = { name: 'trial', flavorRef: flavor.id, imageRef: image.id, networks: [{ uuid: created.id }] };

const accepted = [];
const running = [];
const end = Date.now() + Number(SECONDS) * 1000;
while (Date.now() < end) {
  running.push(
    request('POST', `${compute}/servers`, token, { server }).then(({ status, body }) => {
      count(answers, `create ${status}`);
      if (status === 202) accepted.push(body.server.id);
    }),
    request('GET', `${compute}/servers?limit=5`, token).then(({ status }) => count(answers, `list ${status}`)),
  );
  await sleep(1000 / Number(RATE));
}
await Promise.all(running);

token = await logIn();
const open = new Set(accepted);
for (const settledBy = Date.now() + 90_000; open.size > 0 && Date.now() < settledBy; await sleep(500)) {
  for (const id of open) {
    const { status, body } = await request('GET', `${compute}/servers/${id}`, token);
    if (status === 404) count(states, 'LOST');
    else if (status !== 200 || !['ACTIVE', 'ERROR'].includes(body.server.status)) continue;
    else count(states, `${body.server.status} with ${Object.values(body.server.addresses).flat().length} addresses`);
    open.delete(id);
  }
}
if (open.size > 0) states.unsettled = open.size;
const ports = (await request('GET', `${network}/ports?network_id=${created.id}`, token)).body.ports.length;
for (const id of accepted) await request('DELETE', `${compute}/servers/${id}`, token);
console.log(JSON.stringify({ accepted: accepted.length, states, ports, answers }));
