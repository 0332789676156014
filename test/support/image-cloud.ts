// The Image API on a port and a whole worker in this process, over memory:// and a database in memory: real policy,
// real state, a store in a directory.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyRules } from '#libs/contracts';
import { Enforcer } from '#libs/policy';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import { openEdge } from '../../apps/gateway/src/edge/open-edge.js';
import { testClaims } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { imageApi } from '../../apps/gateway/src/image/image.api.js';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';
import { testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';

export interface ImageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The parsed body; an empty object for what is no JSON. */
  readonly json: Record<string, unknown>;
}

export interface ImageRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** @default a member of project `p1`; `<project>` or `<project>:<role>` */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ImageCloud = Awaited<ReturnType<typeof startImageCloud>>;

/** Starts it; `options` are environment variables. */
export async function startImageCloud(options: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-image-cloud-'));
  const config = testConfiguration({
    OS_DEFAULT__EPHEMERAL: 'true',
    OS_IDENTITY__SIGNING_KEYS: 'a-signing-key-for-tests-0123456789abcdef',
    OS_GLANCE_STORE__FILESYSTEM_STORE_DATADIR: directory,
    ...options,
  });
  const worker = new WorkerService({ config, program: 'test-worker' });
  await worker.start();
  const transport = await openTransport(config, 'test');
  const edge = openEdge('image', config, transport, new Enforcer({ defaults: policyRules.image }));
  const app = await createApiApplication(imageApi, edge);
  await app.fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const token = (as = 'p1'): Promise<string> => {
    const [project = 'p1', role = 'member'] = as.split(':');
    const roles = role === 'admin' ? ['admin', 'member', 'reader'] : role === 'member' ? ['member', 'reader'] : [role];
    const domain = { id: 'default', name: 'Default' };
    return edge.codec.sign(
      testClaims(roles, {
        user: { id: `u-${project}`, name: project, domain },
        project: { id: project, name: project, domain },
      }),
    );
  };

  const ask = async (path: string, request: ImageRequest = {}): Promise<ImageAnswer> => {
    const { method = 'GET', body, as, headers = {} } = request;
    const isRaw = body instanceof Uint8Array || body instanceof ReadableStream;
    const type = isRaw ? 'application/octet-stream' : 'application/json';
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'x-auth-token': await token(as),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body), duplex: 'half' }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes, json: parsed(bytes.toString('utf8')) };
  };

  /** A queued image; answers its record. */
  const create = async (fields: object = {}, as?: string): Promise<Record<string, unknown>> => {
    const body = { name: 'an image', disk_format: 'raw', container_format: 'bare', ...fields };
    const answer = await ask('/v2/images', { method: 'POST', body, ...(as === undefined ? {} : { as }) });
    if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.bytes.toString()}`);
    return answer.json;
  };

  const patch = (id: unknown, changes: readonly object[], as?: string): Promise<ImageAnswer> =>
    ask(`/v2/images/${String(id)}`, {
      method: 'PATCH',
      body: changes,
      headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
      ...(as === undefined ? {} : { as }),
    });

  return {
    url,
    directory,
    worker,
    config,
    token,
    ask,
    create,
    patch,
    stop: async (): Promise<void> => {
      await app.close();
      await transport.stop();
      await worker.stop(5_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
