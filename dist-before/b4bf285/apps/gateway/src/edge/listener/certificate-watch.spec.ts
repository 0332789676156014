import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { connect } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenOnLoopback } from '../testing/raw-client.js';
import { CertificateWatch } from './certificate-watch.js';
import { contextOptions } from './tls-material.js';
import type { TlsMaterial } from './tls-material.js';

describe('CertificateWatch', () => {
  let folder = '';
  let server: Server;
  let port = 0;
  let files: TlsMaterial;
  let watch: CertificateWatch;

  function certificate(name: string): TlsMaterial {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const asked = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...asked, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }
  const nameServed = (options: object = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
    });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-tls-'));
    files = certificate('first');
    server = createServer(contextOptions(files));
    port = await listenOnLoopback(server);
    watch = new CertificateWatch(server, files, () => files);
  });
  after(() => {
    watch.stop();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('new connections get the new certificate, and the old one stays while the files do not fit', async () => {
    assert.equal(await nameServed(), 'first');
    const old = files;
    const renewed = certificate('second');
    files = { cert: renewed.cert, key: old.key };
    watch.look();
    assert.equal(await nameServed(), 'first');
    files = renewed;
    watch.look();
    assert.equal(await nameServed(), 'second');
  });

  it('TLS 1.1 is refused, 1.2 and 1.3 are spoken', async () => {
    await assert.rejects(nameServed({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }));
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      assert.equal(await nameServed({ minVersion: version, maxVersion: version }), 'second');
    }
  });
});
