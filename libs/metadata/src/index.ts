// The metadata of a server: nova's tree and EC2's, for the Metadata API and for config drives.
export { nodeAt, printNode } from './directory.js';
export type { MetadataNode } from './directory.js';
export { EC2_VERSIONS, ec2Tree, userData } from './ec2-tree.js';
export { networkData } from './network-data.js';
export { OPENSTACK_VERSIONS, metaData, openstackFiles, sinceOf } from './openstack-tree.js';
