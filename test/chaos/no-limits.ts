/** Quotas off, for loads that make more than a project may have. */
export const NO_LIMITS = {
  OS_QUOTA__INSTANCES: '-1',
  OS_QUOTA__CORES: '-1',
  OS_QUOTA__RAM: '-1',
  OS_QUOTA__KEY_PAIRS: '-1',
  OS_QUOTAS__QUOTA_PORT: '-1',
};
