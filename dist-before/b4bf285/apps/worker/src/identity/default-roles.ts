/** keystone's default roles. */
export const DEFAULT_ROLES = ['admin', 'manager', 'member', 'reader', 'service'] as const;

/** Who holds the first role of a pair holds the second one too. */
export const ROLE_IMPLICATIONS = [
  ['admin', 'manager'],
  ['manager', 'member'],
  ['member', 'reader'],
] as const;

export const DEFAULT_DOMAIN = { id: 'default', name: 'Default' } as const;
