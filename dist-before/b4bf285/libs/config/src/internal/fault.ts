/** What is wrong with a configuration; one fault is one line for the operator. */
export interface ConfigurationFault {
  readonly code:
    | 'file_not_found'
    | 'file_unreadable'
    | 'syntax'
    | 'unknown_option'
    | 'unknown_group'
    | 'bad_value'
    | 'interpolation'
    | 'required';
  readonly group?: string;
  readonly option?: string;
  /** `albireo.conf:12`, a variable, a flag or a path. */
  readonly where?: string;
  /** Whole sentence part without the place, secrets masked. */
  readonly message: string;
}

/** `place: [group] option: message`, as far as they are known. */
export function formatFault({ where, group, option, message }: ConfigurationFault): string {
  const name = group === undefined ? undefined : `[${group}]${option === undefined ? '' : ` ${option}`}`;
  return [where, name, message].filter((part) => part !== undefined).join(': ');
}
