import { cast, defineContract } from '#libs/messaging';
import { ClockMovedArgs, TokenRevokeArgs, TokensRevokeArgs } from '../identity/identity.args.js';
import { StateRestoredArgs } from '../worker/worker.contract.js';

/** What the worker tells every gateway process, by fanout. */
export const gatewayContract = defineContract({
  topic: 'gateway',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    /** A hint that saves the wait for the next poll of `revocation_list`; may be lost. */
    token_revoked: cast({ access: 'anyone', args: TokenRevokeArgs }),
    /** The business clock of a cloud for tests was moved; `revocation_list` tells it as well. */
    clock_moved: cast({ access: 'anyone', args: ClockMovedArgs, since: '1.1' }),
    /** The state of a cloud for tests was replaced by an older one: what is remembered of it is void. */
    state_restored: cast({ access: 'anyone', args: StateRestoredArgs, since: '1.2' }),
    tokens_revoked: cast({ access: 'anyone', args: TokensRevokeArgs }),
  },
});
export type GatewayContract = typeof gatewayContract;
