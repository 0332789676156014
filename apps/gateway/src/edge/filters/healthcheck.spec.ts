import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { HealthcheckOptions } from '#libs/options';
import { imageApi } from '../../image/image.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { testEdge, withOptions } from '../testing/test-edge.js';

describe('healthcheck', () => {
  let app: ApiApplication | undefined;
  afterEach(() => app?.close());

  async function ask(changes: Partial<HealthcheckOptions>, headers: Record<string, string> = {}, url = '/alive') {
    app = await createApiApplication(imageApi, testEdge({}, withOptions(HealthcheckOptions, changes)), {
      mounts: [
        { prefix: '/alive', filters: [{ name: 'app:healthcheck', settings: {} }] },
        { prefix: '/', filters: [] },
      ],
    });
    const answer = await app.fastify.inject({ url, headers });
    await app.close();
    return answer;
  }

  it('answers all of its mount, as an app', async () => {
    assert.equal((await ask({})).body, 'OK');
    assert.equal((await ask({}, {}, '/alive/and/more')).body, 'OK');
    assert.equal((await ask({}, {}, '/healthcheck')).statusCode, 404);
  });

  it('enable_by_files wants one of the files; details are told when asked for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-enable-'));
    try {
      const file = join(folder, 'serve');
      const settings = { backends: ['enable_by_files'], enableByFilePaths: [file], detailed: true };
      const json = { accept: 'application/json' };
      const without = await ask(settings, json);
      assert.equal(without.statusCode, 503);
      assert.equal(without.json().reasons[0].reason, 'FILE PATH MISSING');
      writeFileSync(file, '');
      const answer = await ask(settings, json);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.json().reasons[0].details, `Path '${file}' was found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not there for those who may not ask', async () => {
    assert.equal((await ask({ allowedSourceRanges: ['10.0.0.0/8', '::1'] })).statusCode, 404);
    assert.equal((await ask({ allowedSourceRanges: ['10.0.0.0/8', '127.0.0.1'] })).statusCode, 200);
    assert.equal((await ask({ ignoreProxiedRequests: true }, { 'x-forwarded-for': '1.2.3.4' })).statusCode, 404);
    assert.equal((await ask({ ignoreProxiedRequests: true })).statusCode, 200);
    await assert.rejects(ask({ allowedSourceRanges: ['10.0.0.0/40'] }), /allowed_source_ranges.*found "10.0.0.0\/40"/);
  });
});
