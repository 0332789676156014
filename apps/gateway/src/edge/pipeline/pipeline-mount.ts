/** A filter with its keys in api-paste.ini. */
export interface NamedFilter {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Filters by their names in api-paste.ini, outermost first, for the paths that they are mounted on. */
export interface PipelineMount {
  /** Paths with this prefix; `/` is all others. With `more`, only if something follows (paste's `/v2.1/+`). */
  readonly prefix: string;
  readonly more?: boolean;
  readonly filters: readonly (string | NamedFilter)[];
}
