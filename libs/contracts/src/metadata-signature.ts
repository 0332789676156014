import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The secrets with which a host's metadata proxies may sign, the first of which they take: `[neutron]
 * metadata_proxy_shared_secret`, and where both halves have the same `[identity] signing_keys` one that is made of each.
 * Empty: proxies cannot prove anything.
 */
export function metadataSecrets(configured: string, signingKeys: readonly string[]): readonly string[] {
  const derived = signingKeys.map((key) => createHmac('sha256', key).update('albireo metadata proxy').digest('hex'));
  return configured === '' ? derived : [configured, ...derived];
}

/** nova's `X-Instance-ID-Signature`: HMAC-SHA256 of the server's id, in hex. */
export function signInstanceId(secret: string, instanceId: string): string {
  return createHmac('sha256', secret).update(instanceId).digest('hex');
}

/** Whether one of the secrets has signed a server's id. */
export function isSignedWith(secrets: readonly string[], instanceId: string, signature: string): boolean {
  const given = Buffer.from(signature);
  return secrets.some((secret) => {
    const expected = Buffer.from(signInstanceId(secret, instanceId));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
