import type { Configuration } from '#libs/config';
import type { ImageStores } from '#libs/imagestore';
import type { PolicyGate } from './policy/policy-gate.js';
import type { RpcCallers } from './rpc/clients.js';
import type { TokenCodec } from './tokens/token-codec.js';
import type { Revocations } from './tokens/revocations.js';
import type { TokenChecker } from './tokens/token-verifier.js';

/** Returns the values of an option class, live: a reload takes effect at the next request. */
export type OptionReader = Pick<Configuration, 'get'>;

/** The shared parts of one API application. Injected by this class. */
export class Edge {
  /** The options of the program; controllers inject their option classes. */
  readonly options: OptionReader;
  readonly policy: PolicyGate;
  readonly callers: RpcCallers;
  readonly codec: TokenCodec;
  readonly verifier: TokenChecker;
  /** Closes the verifier's open resources. */
  readonly closeVerifier: () => void;
  readonly revocations: Revocations;
  /** The stores of image data; only the Image API reads and writes there. */
  readonly imageStores: ImageStores;

  constructor(parts: Edge) {
    this.options = parts.options;
    this.policy = parts.policy;
    this.callers = parts.callers;
    this.codec = parts.codec;
    this.verifier = parts.verifier;
    this.closeVerifier = parts.closeVerifier;
    this.revocations = parts.revocations;
    this.imageStores = parts.imageStores;
  }
}
