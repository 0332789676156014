/** A project's limit of a resource; -1 for no limit. */
export interface QuotasTable {
  service: string;
  project_id: string;
  resource: string;
  hard_limit: number;
}

/** A user's limit of a resource within a project. */
export interface UserQuotasTable extends QuotasTable {
  user_id: string;
}

/** The limit of every project in a class. */
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
