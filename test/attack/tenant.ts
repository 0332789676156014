import { request } from 'node:http';
import { ApiClient } from '#testing/api-client';
import type { ApiAnswer } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';

type Row = Record<string, unknown>;

/** A project with one user who is its member, logged in. */
export interface Tenant {
  readonly project: string;
  readonly user: string;
  readonly api: ApiClient;
  readonly cloud: Cloud;
}

/** Makes a tenant as an administrator would. */
export async function makeTenant(admin: ApiClient, name: string): Promise<Tenant> {
  const make = async (kind: string, fields: Row): Promise<string> => {
    const answer = await admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return String((answer[kind] as Row)['id']);
  };
  const project = await make('project', { name });
  const user = await make('user', { name, password: `password-of-${name}` });
  const roles = rowsOf(await admin.expect(200, 'identity', 'GET', '/v3/roles?name=member'), 'roles');
  const grant = `/v3/projects/${project}/users/${user}/roles/${String(roles[0]?.['id'])}`;
  await admin.expect(204, 'identity', 'PUT', grant);
  const api = new ApiClient(admin.ports);
  const identity = { methods: ['password'], password: { user: { id: user, password: `password-of-${name}` } } };
  const answer = await api.request('identity', 'POST', '/v3/auth/tokens', {
    token: null,
    body: { auth: { identity, scope: { project: { id: project } } } },
  });
  const token = answer.headers.get('x-subject-token');
  if (token === null) throw new Error(`login of ${name}: ${answer.status} ${answer.text}`);
  api.token = token;
  return { project, user, api, cloud: new Cloud(api) };
}

/** What the Metadata API tells whoever connects from a loopback address; headers as a client may send them. */
export function metadataFrom(
  admin: ApiClient,
  localAddress: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<ApiAnswer, 'status' | 'text'>> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: admin.ports.metadata, localAddress, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
