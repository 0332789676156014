import type { Configuration } from '#libs/config';
import type { IdentityContract } from '#libs/contracts';
import { AuthOptions, FernetTokensOptions, TokenOptions } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import type { RpcCaller } from '../../rpc/topic-client.js';
import { FernetTokens, describeByWorker } from './fernet-tokens.js';
import { KeyRepository } from './key-repository.js';

const log = getLogger('albireo.gateway.tokens');

/** Those of `[token] provider = fernet`, undefined without. Throws KeyRepositoryError when there are no keys. */
export function openFernetTokens(
  config: Configuration,
  identity: RpcCaller<IdentityContract>,
): FernetTokens | undefined {
  if (config.get(TokenOptions).provider !== 'fernet') return undefined;
  const keys = new KeyRepository(config.get(FernetTokensOptions).keyRepository);
  keys.primary();
  if (keys.isOpenToAll()) log.warning(`[fernet_tokens] key_repository is open to everybody: ${keys.directory}`);
  return new FernetTokens(keys, config.get(AuthOptions).methods, describeByWorker(identity));
}
