import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Authorizer } from '../../policy/authorizer.js';
import { Quotas } from '../../quota/quotas.js';
import type { Store } from '../../store/index.js';
import { memberContext } from '../../testing/memory-worker.js';
import { openMemoryStore } from '../../testing/memory-store.js';
import {
  sshFingerprint,
  x509Fingerprint,
  generateSshKeypair,
  generateX509Keypair,
  KeypairService,
} from './keypair.service.js';
import { firstSshString } from './ssh-wire.js';

// The key of nova's own documentation; its API samples show the fingerprint.
const NOVA_KEY =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDx8nkQv/zgGgB4rMYmIf+6A4l6Rr+o/6lHBQdW5aYd44bd8JttDCE/F/pNRr0lRE+PiqSPO8nDPHw0010JeMH9gYgnnFlyY3/OcJ02RhIPyyxYpv9FhY+2YiUkpwFOcLImyrxEsYXpD/0d3ac30bNH6Sw9JD9UZHYcpSxsIbECHw== Generated-by-Nova';
const NOVA_FINGERPRINT = '1e:2c:9b:56:79:4b:45:77:f9:ca:7a:98:2c:b0:d5:3c';

describe('key pairs', () => {
  let store: Store;
  const limits = {
    instances: 10,
    cores: 20,
    ram: 51_200,
    metadataItems: 128,
    keyPairs: 2,
    serverGroups: 10,
    serverGroupMembers: 10,
    injectedFiles: 5,
    injectedFileContentBytes: 10_240,
    injectedFilePathLength: 255,
  };
  const directory = mkdtempSync(join(tmpdir(), 'albireo-keys-'));
  before(async () => {
    store = await openMemoryStore();
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await store.close();
  });

  it('has the fingerprint that nova shows', () => {
    assert.equal(sshFingerprint(NOVA_KEY), NOVA_FINGERPRINT);
  });

  it('refuses what is no key', () => {
    for (const text of ['', 'ssh-rsa', 'ssh-rsa AAAA', 'ssh-rsa not!base64', NOVA_KEY.replace('ssh-rsa', 'ssh-dss')]) {
      assert.throws(() => sshFingerprint(text), { name: 'InvalidKeypair' });
    }
    assert.throws(() => x509Fingerprint('no certificate'), { name: 'InvalidKeypair' });
  });

  it('is generated as RSA of 2048 bits in PEM, in a form that OpenSSH reads', async () => {
    const { publicKey, privateKey } = await generateSshKeypair('me@here');
    const file = join(directory, 'key');
    writeFileSync(file, privateKey, { mode: 0o600 });
    if (existsSync('/usr/bin/ssh-keygen')) {
      const derived = execFileSync('/usr/bin/ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
      assert.equal(derived.trim().split(' ').slice(0, 2).join(' '), publicKey.split(' ').slice(0, 2).join(' '));
    }
    const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
    assert.equal(firstSshString(blob)?.toString(), 'ssh-rsa');
    assert.match(privateKey, /^-----BEGIN RSA PRIVATE KEY-----\n/);
    const details = createPrivateKey(privateKey).asymmetricKeyDetails;
    assert.equal(details?.modulusLength, 2048);
    // The modulus is the blob's last string, without the zero that keeps it positive.
    const modulus = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).n ?? '', 'base64url');
    assert.ok(blob.subarray(-modulus.length).equals(modulus));
  });

  it('is generated as a certificate for log-ins of its user', async () => {
    const { publicKey, privateKey } = await generateX509Keypair('u1');
    const certificate = new X509Certificate(publicKey);
    assert.equal(certificate.subject, 'CN=u1');
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.match(x509Fingerprint(publicKey), /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
    assert.equal(Buffer.from(privateKey, 'base64')[0], 0x30);
  });

  it('belongs to its user, up to the quota', async () => {
    const keypairs = new KeypairService(store, new Authorizer(), Quotas.configured({ compute: limits }));
    const ctx = memberContext();
    const made = await keypairs.create(ctx, { name: 'a', type: 'ssh' });
    assert.match(made.private_key ?? '', /BEGIN RSA PRIVATE KEY/);
    assert.equal((await keypairs.get(ctx, { name: 'a' })).private_key, null);
    await assert.rejects(keypairs.create(ctx, { name: 'a', type: 'ssh' }), {
      name: 'KeyPairExists',
      message: "Key pair 'a' already exists.",
    });
    await keypairs.create(ctx, { name: 'b', type: 'ssh', public_key: NOVA_KEY });
    await assert.rejects(keypairs.create(ctx, { name: 'c', type: 'ssh' }), {
      name: 'QuotaExceeded',
      message: 'Quota exceeded, too many key pairs.',
    });
    const first = await keypairs.list(ctx, { limit: 1 });
    assert.deepEqual([first.objects[0]?.name, first.next_marker], ['a', 'a']);
    assert.equal((await keypairs.list(ctx, { limit: 1, marker: 'a' })).objects[0]?.fingerprint, NOVA_FINGERPRINT);
    await assert.rejects(keypairs.list(ctx, { marker: 'none' }), { message: 'Marker none could not be found.' });
    const stranger = memberContext();
    assert.deepEqual((await keypairs.list(stranger, {})).objects, []);
    await assert.rejects(keypairs.list(stranger, { user_id: ctx.user_id ?? '' }), { name: 'PolicyNotAuthorized' });
    await keypairs.delete(ctx, { name: 'a' });
    await assert.rejects(keypairs.get(ctx, { name: 'a' }), { name: 'KeypairNotFound' });
  });
});
