/** Ways to give an image its data beside an upload (`enabled_import_methods`). */
export const IMPORT_METHODS = ['glance-direct', 'web-download', 'copy-image'] as const;
