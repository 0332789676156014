export * from './agent-rpc.contract.js';
export { networkContract, NetworkQuota, AutoTopologyArgs, NetworkQuotaUpdateArgs } from './network.contract.js';
export type { NetworkContract, NetworkQuotaData, ProjectQuotaData } from './network.contract.js';
export * from './resources.js';
export {
  MOST_TAGS,
  OwnedAttributes,
  StandardAttributes,
  TaggedAttributes,
  isTimed,
  tagList,
} from './standard-attributes.js';
export { TAG_CHANGES, TAG_OPERATIONS, TagArgs, tagRule } from './tag.args.js';
export type { TagChange, TagOperation } from './tag.args.js';
export { isAddress, looseCidr } from './types/address-types.js';
export { isUuid, whole } from './types/plain-types.js';
export { networkPolicy } from './policy.js';
