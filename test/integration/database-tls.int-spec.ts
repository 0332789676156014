// sslmode as libpq has it, on a PostgreSQL with a certificate that no public authority has signed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { DatabaseServer } from '#testing/database-server';
import { withStore } from '#testing/watched-store';

describe('a store on a PostgreSQL with TLS', () => {
  let secure: DatabaseServer;
  let plain: DatabaseServer;
  let ca = '';

  before(async () => {
    [secure, plain] = await Promise.all([
      DatabaseServer.create({ settings: { ssl: 'on' } }),
      DatabaseServer.create({ settings: { ssl: 'off' } }),
    ]);
    const file = (name: string): string => join(secure.data, name);
    ca = file('server.crt');
    const asked = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', ...asked, ...names, '-keyout', file('server.key'), '-out', ca], {
      stdio: 'ignore',
    });
    const { user } = secure;
    if (user !== null) for (const name of ['server.key', 'server.crt']) chownSync(file(name), user.uid, user.gid);
    await Promise.all([secure.start(), plain.start()]);
  });
  after(() => Promise.all([secure?.remove(), plain?.remove()]));

  /** Whether the connection has TLS. */
  async function speak(server: DatabaseServer, query: string, host = '127.0.0.1'): Promise<boolean | undefined> {
    let found: boolean | undefined;
    const url = `postgresql://albireo@${host}:${server.port}/albireo?${query}`;
    await withStore(url, { reconnectTimeoutMs: 0, connectTimeoutMs: 60_000 }, async ({ store }) => {
      const { rows } = await sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(
        store.db,
      );
      found = rows[0]?.ssl;
    });
    return found;
  }

  it('takes TLS where there is some, unless told not to', async () => {
    assert.equal(await speak(secure, ''), true);
    assert.equal(await speak(secure, 'sslmode=prefer'), true);
    assert.equal(await speak(secure, 'sslmode=allow'), false);
    assert.equal(await speak(secure, 'sslmode=disable'), false);
    assert.equal(await speak(plain, ''), false);
  });

  it('refuses to go without it where it is required', async () => {
    for (const query of ['sslmode=require', 'ssl=true'])
      await assert.rejects(speak(plain, query), { message: /does not support SSL/ });
  });

  it('verifies what the mode says, and no more', async () => {
    const root = `sslrootcert=${encodeURIComponent(ca)}`;
    assert.equal(await speak(secure, 'sslmode=require'), true);
    assert.equal(await speak(secure, `sslmode=verify-ca&${root}`), true);
    assert.equal(await speak(secure, `sslmode=verify-full&${root}`, 'localhost'), true);
    await assert.rejects(speak(secure, `sslmode=verify-full&${root}`), { message: /127\.0\.0\.1|altnames/i });
    await assert.rejects(speak(secure, 'sslmode=verify-full', 'localhost'), { message: /self-signed/ });
    const other = join(secure.directory, 'other.pem');
    const asked = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const files = ['-keyout', '/dev/null', '-out', other];
    execFileSync('openssl', ['req', ...asked, '-subj', '/CN=other', ...files], { stdio: 'ignore' });
    const wrongRoot = `sslrootcert=${encodeURIComponent(other)}`;
    for (const mode of ['require', 'verify-ca'])
      await assert.rejects(speak(secure, `sslmode=${mode}&${wrongRoot}`), { message: /self-signed|verify/ }, mode);
    writeFileSync(other, '');
    await assert.rejects(speak(secure, 'sslmode=verify-ca&sslrootcert=/nowhere.pem'), { message: /"\/nowhere\.pem"/ });
  });
});
