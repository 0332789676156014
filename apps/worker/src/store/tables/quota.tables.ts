/** What a project may have of a resource; -1 for no limit. */
export interface QuotasTable {
  service: string;
  project_id: string;
  resource: string;
  hard_limit: number;
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
  quota_classes: QuotaClassesTable;
}
