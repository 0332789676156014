/** Tables of the topic network. */
export interface NetworkTables {}
