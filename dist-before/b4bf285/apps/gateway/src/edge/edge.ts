import type { PolicyGate } from './policy/policy-gate.js';
import type { RpcCallers } from './rpc/clients.js';
import type { GatewaySettings } from './settings.js';
import type { TokenCodec } from './tokens/token-codec.js';
import type { Revocations } from './tokens/revocations.js';
import type { TokenChecker } from './tokens/token-verifier.js';

/** What all parts of one API application share. Injected by this class. */
export class Edge {
  readonly settings: GatewaySettings;
  readonly policy: PolicyGate;
  readonly callers: RpcCallers;
  readonly codec: TokenCodec;
  readonly verifier: TokenChecker;
  /** Ends what the verifier keeps open. */
  readonly closeVerifier: () => void;
  readonly revocations: Revocations;

  constructor(parts: Edge) {
    this.settings = parts.settings;
    this.policy = parts.policy;
    this.callers = parts.callers;
    this.codec = parts.codec;
    this.verifier = parts.verifier;
    this.closeVerifier = parts.closeVerifier;
    this.revocations = parts.revocations;
  }
}
