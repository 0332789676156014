import { cast, defineContract } from '#libs/messaging';
import { ClockMovedArgs, TokenRevokeArgs, TokensRevokeArgs } from '../identity/identity.args.js';
import { StateRestoredArgs } from '../worker/worker.contract.js';

/** The worker's messages to every gateway process, by fanout. */
export const gatewayContract = defineContract({
  topic: 'gateway',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    /** A hint that avoids the wait for the next poll of `revocation_list`; may be lost. */
    token_revoked: cast({ access: 'anyone', args: TokenRevokeArgs }),
    /** The business clock of a test cloud was moved; `revocation_list` reports it as well. */
    clock_moved: cast({ access: 'anyone', args: ClockMovedArgs, since: '1.1' }),
    /** The state of a test cloud was replaced by an older one: cached data is invalid. */
    state_restored: cast({ access: 'anyone', args: StateRestoredArgs, since: '1.2' }),
    tokens_revoked: cast({ access: 'anyone', args: TokensRevokeArgs }),
  },
});
export type GatewayContract = typeof gatewayContract;
