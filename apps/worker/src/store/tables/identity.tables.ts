/** Tables of the topic identity. */
export interface IdentityTables {}
