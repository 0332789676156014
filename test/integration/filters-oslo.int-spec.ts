// The real oslo.middleware judges our filters of the same names: same answers to the same requests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PYTHON, missingPythonModules } from '#testing/peers';
import { MiddlewareOptions } from '#libs/options';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import { testEdge, withOptions } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { networkApi } from '../../apps/gateway/src/network/network.api.js';
import { Random } from '../fuzz/random.js';

interface Asked {
  readonly method: 'GET' | 'OPTIONS' | 'HEAD' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Case {
  readonly filter: 'cors' | 'healthcheck' | 'http_proxy_to_wsgi';
  /** Keys of the filter's section in api-paste.ini. */
  readonly options: Readonly<Record<string, string>>;
  readonly requests: readonly Asked[];
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JUDGE = fileURLToPath(new URL('../../../test/support/python/oslo_middleware_judge.py', import.meta.url));
const random = new Random(20261126);
const some = <T>(values: readonly T[]): T[] => values.filter(() => random.below(2) === 0);

function judge(cases: readonly Case[]): Answer[][] {
  const result = spawnSync(PYTHON, [JUDGE], { input: JSON.stringify(cases), encoding: 'utf8', timeout: 120_000 });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

async function ours({ filter, options, requests }: Case): Promise<Answer[]> {
  const proxied = { enableProxyHeadersParsing: options['enable_proxy_headers_parsing'] === 'true' };
  const filters = [{ name: filter, settings: options }];
  const app = await createApiApplication(networkApi, testEdge({}, withOptions(MiddlewareOptions, proxied)), {
    mounts: [{ prefix: '/', filters }],
  });
  const answers: Answer[] = [];
  for (const { method, path: url, headers } of requests) {
    const answer = await app.fastify.inject({ method, url, headers: { host: 'localhost:80', ...headers } });
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    answers.push({ status: answer.statusCode, headers: Object.fromEntries(flat), body: answer.body });
  }
  await app.close();
  return answers;
}

describe('filters beside oslo.middleware', { skip: missingPythonModules('oslo_middleware') }, () => {
  it('cors: the same headers on 600 generated requests', async () => {
    const origins = ['https://a.example', 'https://b.example', 'null', 'https://A.example'];
    const cases = Array.from({ length: 30 }, (): Case => {
      const options: Record<string, string> = {
        allowed_origin: [...some(origins), ...(random.below(4) === 0 ? ['*'] : [])].join(','),
        allow_credentials: random.pick(['true', 'false']),
        max_age: random.pick(['0', '60']),
        allow_methods: random.pick(['GET', 'GET,POST', 'OPTIONS,PATCH,DELETE']),
        allow_headers: random.pick(['', 'X-Auth-Token', 'X-Auth-Token,OpenStack-API-Version']),
        expose_headers: random.pick(['', 'X-Subject-Token', 'A,B']),
      };
      const requests = Array.from({ length: 20 }, (): Asked => {
        const headers: Record<string, string> = {};
        if (random.below(6) > 0) headers['origin'] = random.pick(origins);
        if (random.below(4) > 0)
          headers['access-control-request-method'] = random.pick(['GET', 'POST', 'PATCH', 'get', 'X']);
        if (random.below(2) > 0) {
          headers['access-control-request-headers'] = random.pick([
            'x-auth-token',
            'X-Other',
            'Accept, X-AUTH-TOKEN',
            ',',
          ]);
        }
        return { method: random.pick(['GET', 'OPTIONS', 'OPTIONS']), path: '/', headers };
      });
      return { filter: 'cors', options, requests };
    });
    const verdicts = judge(cases);
    const shown = ({ status, headers }: Answer): unknown => [
      status,
      Object.entries(headers)
        .filter(([name]) => name.startsWith('access-control-'))
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
      headers['vary']?.includes('Origin') === true,
    ];
    for (const [index, one] of cases.entries()) {
      const found = await ours(one);
      for (const [at, answer] of found.entries()) {
        const detail = JSON.stringify([one.options, one.requests[at]]);
        assert.deepEqual(shown(answer), shown(verdicts[index]![at]!), detail);
      }
    }
  });

  it('http_proxy_to_wsgi: the same address of the API', async () => {
    const values: Readonly<Record<string, readonly string[]>> = {
      'x-forwarded-proto': ['https', 'http'],
      'x-forwarded-host': ['api.example', 'api.example:8443'],
      'x-forwarded-prefix': ['/network', '/a/b'],
      forwarded: ['proto=https;host=f.example', 'for=1.2.3.4', 'proto=https, proto=http;host=inner'],
    };
    const requests = Array.from({ length: 60 }, (): Asked => {
      const names = some(Object.keys(values)).filter((name) => name !== 'forwarded' || random.below(2) === 0);
      const headers = Object.fromEntries(names.map((name) => [name, random.pick(values[name] ?? [])]));
      return { method: 'GET', path: '/', headers };
    });
    const cases = ['true', 'false'].map((enable_proxy_headers_parsing): Case => ({
      filter: 'http_proxy_to_wsgi',
      options: { enable_proxy_headers_parsing },
      requests,
    }));
    const verdicts = judge(cases);
    const port = /:80(?=\/|$)/;
    for (const [index, one] of cases.entries()) {
      for (const [at, answer] of (await ours(one)).entries()) {
        const { url } = JSON.parse(verdicts[index]![at]!.body) as { url: string };
        const [version] = (JSON.parse(answer.body) as { versions: { links: { href: string }[] }[] }).versions;
        assert.equal(
          version?.links[0]?.href.replace(port, ''),
          `${url.replace(port, '')}/v2.0/`,
          JSON.stringify(requests[at]),
        );
      }
    }
  });

  describe('healthcheck', () => {
    let folder = '';
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'albireo-healthcheck-'));
      writeFileSync(join(folder, 'there'), '');
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('the same answers with the file there and not', async () => {
      const accepts = ['text/plain', 'application/json', '*/*'];
      const asked = (path: string): Asked[] =>
        (['GET', 'HEAD', 'POST'] as const).flatMap((method) =>
          accepts.map((accept): Asked => ({ method, path, headers: { accept } })),
        );
      const sets: Record<string, string>[] = [
        { backends: 'disable_by_file', disable_by_file_path: join(folder, 'there') },
        { backends: 'disable_by_file', disable_by_file_path: join(folder, 'missing') },
        { backends: 'disable_by_file' },
        { backends: 'disable_by_files_ports', disable_by_file_paths: `1:${join(folder, 'there')}` },
      ];
      const cases = sets.flatMap((options): Case[] => [
        { filter: 'healthcheck', options, requests: asked('/healthcheck') },
        { filter: 'healthcheck', options: { ...options, path: '/other' }, requests: asked('/other') },
      ]);
      const verdicts = judge(cases);
      const shown = ({ status, headers, body }: Answer): unknown => [
        status,
        status === 204 || body === '' ? '' : headers['content-type']?.split(';', 1)[0],
        body.startsWith('{') ? (JSON.parse(body) as unknown) : body,
      ];
      for (const [index, one] of cases.entries()) {
        for (const [at, answer] of (await ours(one)).entries()) {
          assert.deepEqual(
            shown(answer),
            shown(verdicts[index]![at]!),
            JSON.stringify([one.options, one.requests[at]]),
          );
        }
      }
    });
  });
});
