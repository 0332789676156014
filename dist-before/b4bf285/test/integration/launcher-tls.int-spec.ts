import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { afterEach, describe, it } from 'node:test';
import { LaunchedProgram } from '../../libs/launcher/test/fixtures/launched-program.js';
import { testCertificate } from '../../libs/launcher/test/fixtures/test-certificate.js';

function getOverTls(port: number, path: string, agent: Agent): Promise<{ status: number; connection: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent, ca: testCertificate }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection ?? '' }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a service that attaches an https server', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('gets its connections as others do, and is drained as they are', async () => {
    const tls = { certFile: 'cert.pem', keyFile: 'key.pem' };
    program = new LaunchedProgram({
      services: [
        {
          name: 'echo',
          module: 'echo-service',
          workers: 2,
          listen: { host: '127.0.0.1', port: 0, tls },
          settings: { tls: true },
        },
      ],
    });
    const port = await program.port('echo');
    await program.ready();
    const agent = new Agent({ keepAlive: true });
    assert.equal((await getOverTls(port, '/', agent)).status, 200);
    const held = getOverTls(port, '/wait?ms=400', agent);
    await program.line(/fixture holds a request/);
    program.signal('SIGTERM');
    assert.deepEqual(await held, { status: 200, connection: 'close' });
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    agent.destroy();
  });
});
