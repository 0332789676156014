// The bus in a Nest application. It is separate from the rest of the library, which does not depend on Nest.
export { MessagingModule } from './nest/messaging.module.js';
export type { MessagingModuleOptions } from './nest/messaging.module.js';
export { RpcEndpoint, RpcMethod } from './nest/rpc-endpoint.decorators.js';
export { InjectRpcClient, provideRpcClient, rpcClientToken, TRANSPORT } from './nest/rpc-client.provider.js';
export { InjectClientProxy, RpcClientProxy, clientProxyToken, provideClientProxy } from './nest/rpc-client-proxy.js';
export { RpcTransportStrategy } from './nest/rpc-transport-strategy.js';
export type { RpcStrategyOptions } from './nest/rpc-transport-strategy.js';
