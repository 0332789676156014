import { cast, defineContract } from '#libs/messaging';
import { ClockMovedArgs, TokenRevokeArgs, TokensRevokeArgs } from '../identity/identity.args.js';

/** What the worker tells every gateway process, by fanout. */
export const gatewayContract = defineContract({
  topic: 'gateway',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    /** A hint that saves the wait for the next poll of `revocation_list`; may be lost. */
    token_revoked: cast({ access: 'anyone', args: TokenRevokeArgs }),
    /** The business clock of a cloud for tests was moved; `revocation_list` tells it as well. */
    clock_moved: cast({ access: 'anyone', args: ClockMovedArgs, since: '1.1' }),
    tokens_revoked: cast({ access: 'anyone', args: TokensRevokeArgs }),
  },
});
export type GatewayContract = typeof gatewayContract;
