import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfiguration } from '#libs/config';
import { MessagingBehaviourOptions, MessagingOptions, RabbitOptions } from '../options.js';
import { openConfiguredTransport } from '../index.js';

describe('openConfiguredTransport', () => {
  it('sees a new rpc_response_timeout after a reload', async (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'albireo-transport-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'albireo.conf');
    const write = (seconds: number): void =>
      writeFileSync(file, `[DEFAULT]\ntransport_url = memory://reload\nrpc_response_timeout = ${seconds}\n`);
    write(7);
    const config = loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: ['--config-file', file],
      env: {},
      groups: [MessagingOptions, MessagingBehaviourOptions, RabbitOptions],
    });
    const transport = await openConfiguredTransport(config, 'albireo-worker', { ledgerLeaseMs: 10_000 });
    assert.equal(transport.settings.responseTimeoutMs, 7_000);
    assert.equal(transport.settings.ledgerLeaseMs, 10_000);
    write(3);
    assert.deepEqual(config.reload().faults, []);
    assert.equal(transport.settings.responseTimeoutMs, 3_000);
    await transport.stop();
  });
});
