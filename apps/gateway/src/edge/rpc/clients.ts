import type { ConductorContract, IdentityContract, ImageContract, NetworkContract } from '#libs/contracts';
import { TopicClient } from './topic-client.js';
import type { RpcCaller } from './topic-client.js';

export class ConductorClient extends TopicClient<ConductorContract> {}
export class IdentityClient extends TopicClient<IdentityContract> {}
export class ImageClient extends TopicClient<ImageContract> {}
export class NetworkClient extends TopicClient<NetworkContract> {}

/** One caller per topic, from the transport or from a test. */
export interface RpcCallers {
  readonly conductor: RpcCaller<ConductorContract>;
  readonly identity: RpcCaller<IdentityContract>;
  readonly image: RpcCaller<ImageContract>;
  readonly network: RpcCaller<NetworkContract>;
}
