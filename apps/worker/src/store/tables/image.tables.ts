/** Tables of the topic image. */
export interface ImageTables {}
