import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The secrets with which a host's metadata proxies may sign; the proxies use the first one. They are `[neutron]
 * metadata_proxy_shared_secret`, and, if both halves have the same `[identity] signing_keys`, one secret derived from
 * each key. Empty: proxies cannot authenticate.
 */
export function metadataSecrets(configured: string, signingKeys: readonly string[]): readonly string[] {
  const derived = signingKeys.map((key) => createHmac('sha256', key).update('albireo metadata proxy').digest('hex'));
  return configured === '' ? derived : [configured, ...derived];
}

/** nova's `X-Instance-ID-Signature`: HMAC-SHA256 of the server's id, in hex. */
export function signInstanceId(secret: string, instanceId: string): string {
  return createHmac('sha256', secret).update(instanceId).digest('hex');
}

/** Whether a server's id was signed with one of the secrets. */
export function isSignedWith(secrets: readonly string[], instanceId: string, signature: string): boolean {
  const given = Buffer.from(signature);
  return secrets.some((secret) => {
    const expected = Buffer.from(signInstanceId(secret, instanceId));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
