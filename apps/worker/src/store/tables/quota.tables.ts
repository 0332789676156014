/** What a project may have of a resource; -1 for no limit. */
export interface QuotasTable {
  service: string;
  project_id: string;
  resource: string;
  hard_limit: number;
}

/** What a user may have of it within a project. */
export interface UserQuotasTable extends QuotasTable {
  user_id: string;
}

/** What every project of a class may have. */
export interface QuotaClassesTable {
  service: string;
  class_name: string;
  resource: string;
  hard_limit: number;
}

export interface QuotaTables {
  quotas: QuotasTable;
  user_quotas: UserQuotasTable;
  quota_classes: QuotaClassesTable;
}
