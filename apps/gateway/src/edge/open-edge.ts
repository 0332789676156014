import { randomBytes } from 'node:crypto';
import type { Configuration } from '#libs/config';
import { conductorContract, identityContract, imageContract, networkContract } from '#libs/contracts';
import type { IdentityContract } from '#libs/contracts';
import {
  ApiOptions,
  AuthOptions,
  FernetTokensOptions,
  IdentityOptions,
  KeystoneAuthtokenOptions,
  TokenOptions,
} from '#libs/options';
import { getLogger } from '#libs/telemetry';
import { openImageStores } from '#libs/imagestore';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { credentialsOf, identityCredentials } from '#libs/policy';
import { Edge } from './edge.js';
import { KeystoneClient } from './keystone/keystone-client.js';
import { keystoneSettings } from './keystone/keystone-settings.js';
import { KeystoneVerifier } from './keystone/keystone-verifier.js';
import { PolicyGate } from './policy/policy-gate.js';
import type { PolicyChecker } from './policy/policy-gate.js';
import type { RpcCaller } from './rpc/topic-client.js';
import type { ApiName } from './api-names.js';
import { fetchRevocations, Revocations } from './tokens/revocations.js';
import { FernetTokens, describeByWorker } from './tokens/fernet/fernet-tokens.js';
import { KeyRepository } from './tokens/fernet/key-repository.js';
import { TokenCodec } from './tokens/token-codec.js';
import { TokenVerifier } from './tokens/token-verifier.js';

const log = getLogger('albireo.gateway.tokens');

/** Time that a request needs after its token has been checked, or to report that it could not be checked. */
const ANSWER_MS = 5_000;

/** Builds the shared parts of one API: options, policy, clients of all topics, tokens. */
export function openEdge(
  name: ApiName,
  config: Configuration,
  transport: Transport,
  policy: PolicyChecker,
  revocations = new Revocations(fetchRevocations(transport)),
): Edge {
  const api = config.get(ApiOptions);
  const { signingKeys } = config.get(IdentityOptions);
  const { tokenCacheTime } = config.get(KeystoneAuthtokenOptions);
  const identity = new RpcClient(transport, identityContract);
  // Albireo's own Identity API checks its own tokens, whichever service checks those of the other APIs.
  const keystone =
    api.authStrategy === 'keystone' && name !== 'identity'
      ? new KeystoneClient(keystoneSettings(config), () => api.requestTimeout * 1000 - ANSWER_MS)
      : undefined;
  // The Metadata API checks no tokens, and Keystone's are checked by Keystone: no keys are needed.
  const keyless = (name === 'metadata' || keystone !== undefined) && signingKeys.length === 0;
  const secrets = keyless ? [randomBytes(32).toString('hex')] : signingKeys;
  const codec = new TokenCodec(secrets, keyless ? undefined : openFernetTokens(config, identity));
  return new Edge({
    options: config,
    policy: new PolicyGate(policy, name === 'identity' ? identityCredentials : credentialsOf),
    callers: {
      conductor: new RpcClient(transport, conductorContract),
      identity,
      image: new RpcClient(transport, imageContract),
      network: new RpcClient(transport, networkContract),
    },
    codec,
    revocations,
    imageStores: openImageStores(config),
    verifier:
      keystone === undefined
        ? new TokenVerifier(codec, revocations, tokenCacheTime)
        : new KeystoneVerifier((token, expired) => keystone.validate(token, expired), tokenCacheTime),
    closeVerifier: () => keystone?.close(),
  });
}

/** The tokens of `[token] provider = fernet`, otherwise undefined. Throws KeyRepositoryError when there are no keys. */
function openFernetTokens(config: Configuration, identity: RpcCaller<IdentityContract>): FernetTokens | undefined {
  if (config.get(TokenOptions).provider !== 'fernet') return undefined;
  const keys = new KeyRepository(config.get(FernetTokensOptions).keyRepository);
  keys.primary();
  if (keys.isOpenToAll()) log.warning(`[fernet_tokens] key_repository is open to everybody: ${keys.directory}`);
  return new FernetTokens(keys, config.get(AuthOptions).methods, describeByWorker(identity));
}
