import { join } from 'node:path';
import { ApiClient } from '#testing/api-client';
import { ADMIN_PASSWORD, startEmbedded } from '#testing/stack';
import { glance } from './glance.js';
import { keystone } from './keystone.js';
import { neutron } from './neutron.js';
import { nova } from './nova.js';
import { Player, valueAt } from './replay.js';
import type { Finding, SampleApi } from './replay.js';

const apis: Readonly<Record<string, SampleApi>> = { glance, neutron, nova, keystone };

export interface Outcome {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Paths of the samples, requests and answers. */
  readonly played: ReadonlySet<string>;
}

/**
 * Plays the samples below a folder against an embedded cloud, an API after another.
 *
 * @param wanted of nova, neutron, keystone, glance; all when empty
 * @param onlyNewest of each request only the newest microversion that has samples
 */
export async function playSamples(samples: string, wanted: readonly string[], onlyNewest: boolean): Promise<Outcome[]> {
  // Long enough to be asked for while it runs.
  const delays = { OS_FAKE__LIVE_MIGRATION_DELAY: '10' };
  const stack = await startEmbedded({ env: { OS_DEFAULT__EPHEMERAL: 'true', OS_FAKE__HOSTS: '2', ...delays } });
  try {
    const client = new ApiClient(stack.ports);
    await client.login();
    const member = await memberToken(client);
    const outcomes: Outcome[] = [];
    for (const [name, api] of Object.entries(apis)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const player = new Player(join(samples, name), client, api);
      player.member = member;
      outcomes.push({ name, ...(await player.play(onlyNewest)) });
    }
    return outcomes;
  } finally {
    await stack.stop();
  }
}

async function memberToken(client: ApiClient): Promise<string> {
  const ask = (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
    client.expect(method === 'PUT' ? 204 : method === 'POST' ? 201 : 200, 'identity', method, path, { body });
  const project = valueAt(await ask('GET', '/v3/projects?name=admin'), 'projects.0.id');
  const role = valueAt(await ask('GET', '/v3/roles?name=member'), 'roles.0.id');
  const user = { name: 'a-member', password: ADMIN_PASSWORD };
  const id = valueAt(await ask('POST', '/v3/users', { user }), 'user.id');
  await ask('PUT', `/v3/projects/${project}/users/${id}/roles/${role}`);
  const password = { user: { id, password: ADMIN_PASSWORD } };
  const auth = { identity: { methods: ['password'], password }, scope: { project: { id: project } } };
  const answer = await client.request('identity', 'POST', '/v3/auth/tokens', { token: null, body: { auth } });
  return answer.headers.get('x-subject-token') ?? '';
}
