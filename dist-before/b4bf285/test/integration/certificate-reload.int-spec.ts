import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

describe('a certificate that is renewed while the programs run', () => {
  let folder = '';
  let stack: Stack;
  const file = (name: string): string => join(folder, name);
  const writeCertificate = (name: string): void => {
    const asked = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const files = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
    execFileSync('openssl', ['req', ...asked, '-subj', `/CN=${name}`, ...files], { stdio: 'ignore' });
  };
  const nameServed = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: stack.ports.image, host: '127.0.0.1', rejectUnauthorized: false });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
    });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-renewal-'));
    writeCertificate('first');
    stack = await startEmbedded({
      env: {
        OS_DEFAULT__ENABLED_SSL_APIS: 'image',
        OS_WSGI__SSL_CERT_FILE: file('cert.pem'),
        OS_WSGI__SSL_KEY_FILE: file('key.pem'),
      },
    });
  });
  after(async () => {
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is served without a restart, by the files alone', async () => {
    assert.equal(await nameServed(), 'first');
    const program = stack.programs.get('server');
    assert.ok(program !== undefined);
    writeCertificate('second');
    await program.waitForOutput(/New connections get the certificate of CN=second/);
    assert.equal(await nameServed(), 'second');
  });
});
