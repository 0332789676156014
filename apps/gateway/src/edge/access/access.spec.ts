import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Controller, Get } from '@nestjs/common';
import { computeFaults } from '../../compute/compute-faults.js';
import type { ApiDefinition } from '../api-definition.js';
import { apiLoaders } from '../apis.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { Edge } from '../edge.js';
import { PolicyGate } from '../policy/policy-gate.js';
import { testClaims, testEdge } from '../testing/test-edge.js';
import { AnyToken, Authorize, AuthorizeObject, Open } from './access.decorators.js';

@Controller('v2.1')
class DeclaredController {
  @Get('open')
  @Open()
  open(): object {
    return {};
  }

  @Get('token')
  @AnyToken()
  token(): object {
    return {};
  }

  @Get('rule')
  @Authorize('os_compute_api:limits', 'os_compute_api:extensions')
  rule(): object {
    return {};
  }

  @Get('object')
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:ips:index')
  object(): object {
    return {};
  }
}

@Controller('v2.1')
class UndeclaredController {
  @Get('forgotten')
  forgotten(): object {
    return {};
  }

  @Get('misspelt')
  @Authorize('os_compute_api:limit')
  misspelt(): object {
    return {};
  }
}

const apiOf = (controller: new () => object, filters: readonly string[]): ApiDefinition => ({
  name: 'osapi_compute',
  faults: computeFaults,
  pipeline: [{ prefix: '/', filters }],
  module: { controllers: [controller] },
});

describe('who may use a route', () => {
  const asked: string[] = [];
  let denied = '';
  const base = testEdge();
  const policy = new PolicyGate({
    check: (rule) => {
      asked.push(rule);
      return rule !== denied;
    },
  });
  const edge = new Edge(Object.assign(Object.create(Edge.prototype), base, { policy }));
  let app: ApiApplication | undefined;
  afterEach(() => app?.close());

  const statuses = async (filters: readonly string[], token?: string): Promise<number[]> => {
    app = await createApiApplication(apiOf(DeclaredController, filters), edge);
    const found: number[] = [];
    for (const name of ['open', 'token', 'rule', 'object']) {
      const headers = { host: 'cloud', ...(token === undefined ? {} : { 'x-auth-token': token }) };
      found.push((await app.fastify.inject({ url: `/v2.1/${name}`, headers })).statusCode);
    }
    return found;
  };

  it('must be declared, by rules that exist: an API with a route that does not is not started', async () => {
    await assert.rejects(createApiApplication(apiOf(UndeclaredController, []), edge), (error: Error) => {
      assert.match(error.message, /GET \/v2.1\/forgotten declares neither a policy rule nor that it is open/);
      assert.match(error.message, /GET \/v2.1\/misspelt declares "os_compute_api:limit", which is no rule/);
      return true;
    });
  });

  it('is nobody without a token where it is not open, also when the pipeline authenticates nobody', async () => {
    const token = await edge.codec.sign(testClaims());
    assert.deepEqual(await statuses([]), [200, 401, 401, 401]);
    await app?.close();
    assert.deepEqual(await statuses([], token), [200, 401, 401, 401]);
  });

  it('is decided by the rules before the handler', async () => {
    const token = await edge.codec.sign(testClaims());
    const filters = ['authtoken', 'keystonecontext'];
    asked.length = 0;
    assert.deepEqual(await statuses(filters, token), [200, 200, 200, 200]);
    assert.deepEqual(asked, ['os_compute_api:limits', 'os_compute_api:extensions', 'os_compute_api:ips:index']);
    await app?.close();
    denied = 'os_compute_api:extensions';
    assert.deepEqual(await statuses(filters, token), [200, 200, 403, 200]);
    denied = '';
  });

  it('is open for logging in, for versions and descriptions and for the metadata of who asks, and for nothing else', async () => {
    const open: string[] = [];
    for (const load of Object.values(apiLoaders)) {
      const one = await createApiApplication(await load(), base);
      const urls = one.routes.flatMap(({ method, url, access }) =>
        access?.kind === 'open' && method !== 'HEAD' ? [url] : [],
      );
      // A route of all methods counts once.
      open.push(...new Set(urls));
      await one.close();
    }
    assert.deepEqual(open, [
      '/',
      '/v3',
      '/v3/auth/tokens',
      // Routes that are not supported, and answer so.
      '/v3/OS-FEDERATION/identity_providers/:parent_id/protocols/:id/auth',
      '/v3/auth/OS-FEDERATION/identity_providers/:parent_id/protocols/:id/websso',
      '/v3/auth/OS-FEDERATION/websso/:id',
      '/v3/auth/OS-FEDERATION/saml2',
      '/v3/auth/OS-FEDERATION/saml2/ecp',
      '/v3/OS-FEDERATION/saml2/metadata',
      '/v3/OS-SIMPLE-CERT/ca',
      '/v3/OS-SIMPLE-CERT/certificates',
      '/v3/auth/tokens/OS-PKI/revoked',
      '/v3/users/:id/password',
      // Signed, or with the credentials in the body.
      '/v3/OS-OAUTH1/request_token',
      '/v3/OS-OAUTH1/access_token',
      '/v3/OS-OAUTH2/token',
      '/openapi.json',
      '/',
      '/v2.1',
      '/openapi.json',
      '/',
      '/*',
      '/openstack/:version/password',
      '/',
      '/versions',
      '/openapi.json',
      '/',
      '/openapi.json',
    ]);
  });
});
