import { cast, defineContract } from '#libs/messaging';
import { TokenRevokeArgs, TokensRevokeArgs } from '../identity/identity.args.js';

/** What the worker tells every gateway process, by fanout. */
export const gatewayContract = defineContract({
  topic: 'gateway',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** A hint that saves the wait for the next poll of `revocation_list`; may be lost. */
    token_revoked: cast({ args: TokenRevokeArgs }),
    tokens_revoked: cast({ args: TokensRevokeArgs }),
  },
});
export type GatewayContract = typeof gatewayContract;
