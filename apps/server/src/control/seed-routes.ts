import { randomBytes } from 'node:crypto';
import type { Configuration } from '#libs/config';
import type { JsonValue } from '#libs/launcher';
import type { Snapshots } from '../../../worker/src/snapshots/snapshots.js';
import { ApiSession } from '../seed/api-session.js';
import { applySeed } from '../seed/apply-seed.js';
import { exportSeed } from '../seed/export-seed.js';
import { lookAround } from '../seed/cloud-names.js';
import type { SeedDocument } from '../seed/seed-document.js';
import { textOf } from './control-server.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';
import { documentTold } from './document-told.js';

/** Of keystone. */
const MAX_PROJECT_NAME = 64;

export function seedRoutes(config: Configuration, snapshots: Snapshots): ControlRoute[] {
  const parts = { config, snapshots };
  return [
    { method: 'GET', pattern: '/seed', run: async () => exportSeed(await ApiSession.open(config)) },
    {
      method: 'POST',
      pattern: '/seed',
      run: ({ text, query }) =>
        documentTold(async () => ({ made: await applySeed(text, query.get('file') ?? '<request>', parts) })),
    },
    {
      method: 'POST',
      pattern: '/projects',
      run: ({ body }) => documentTold(() => newProject(nameIn(body), parts)),
    },
  ];
}

function nameIn(body: JsonValue): string {
  const name = body === null ? undefined : textOf(body, 'name');
  if (body !== null && name === undefined && Object.keys(body).length > 0) {
    throw new ControlError(400, 'expected {"name": "<name of the project>"}, or nothing');
  }
  if (name !== undefined && (name === '' || name.length > MAX_PROJECT_NAME)) {
    throw new ControlError(400, `expected a name of 1 to ${MAX_PROJECT_NAME} characters`);
  }
  return name ?? `test-${randomBytes(4).toString('hex')}`;
}

/** A project with a user, a network with a subnet, and a router if there is an external network. */
async function newProject(
  name: string,
  parts: { readonly config: Configuration; readonly snapshots: Snapshots },
): Promise<object> {
  const session = await ApiSession.open(parts.config);
  const { projects, users, networks } = await lookAround(session);
  if ([...projects, ...users].some((one) => one['name'] === name)) {
    throw new ControlError(409, `a project or user is named ${name} already`);
  }
  const password = randomBytes(15).toString('base64url');
  const external = networks.find((network) => network['router:external'] === true)?.['name'];
  const subnet = `${name}-subnet`;
  const seed: SeedDocument = {
    projects: [{ name }],
    users: [{ name, password, roles: [{ project: name, role: 'member' }] }],
    networks: [{ name: `${name}-net`, project: name, subnets: [{ name: subnet, cidr: '10.0.0.0/24' }] }],
    routers: [
      {
        name: `${name}-router`,
        project: name,
        ...(typeof external === 'string' && { gateway: external }),
        subnets: [subnet],
      },
    ],
  };
  await applySeed(JSON.stringify(seed, null, 1), '<project>', parts);
  return {
    project: name,
    network: `${name}-net`,
    environment: { OS_PROJECT_NAME: name, OS_USERNAME: name, OS_PASSWORD: password },
  };
}
