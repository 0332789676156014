import { ADMIN_PASSWORD } from '#testing/stack';
import type { Service, ServiceAnswer } from './service.js';

function checked(answer: ServiceAnswer, expected: number): ServiceAnswer {
  if (answer.status !== expected) throw new Error(`expected ${expected}, found ${answer.status} ${answer.text}`);
  return answer;
}

/** Takes a token of the administrator and keeps it in the service. */
export async function logIn(service: Service): Promise<void> {
  const user = { name: 'admin', domain: { id: 'default' }, password: ADMIN_PASSWORD };
  const scope = { project: { name: 'admin', domain: { id: 'default' } } };
  const body = { auth: { identity: { methods: ['password'], password: { user } }, scope } };
  const { headers } = checked(await service.send('identity', 'POST', '/v3/auth/tokens', body), 201);
  service.token = String(headers['x-subject-token']);
}

/** A network with room for 65,000 servers. */
export async function makeNetwork(service: Service): Promise<string> {
  const made = checked(await service.send('network', 'POST', '/v2.0/networks', { network: { name: 'scale' } }), 201);
  const { network } = JSON.parse(made.text) as { network: { id: string } };
  const subnet = { network_id: network.id, ip_version: 4, cidr: '10.9.0.0/16' };
  checked(await service.send('network', 'POST', '/v2.0/subnets', { subnet }), 201);
  return network.id;
}

export async function pickImage(service: Service): Promise<string> {
  const { text } = checked(await service.send('image', 'GET', '/v2/images?name=cirros'), 200);
  const { images } = JSON.parse(text) as { images: { id: string }[] };
  if (images[0] === undefined) throw new Error('there is no image cirros');
  return images[0].id;
}
