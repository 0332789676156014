/** The fields that a server's name on its hypervisor may use. */
interface NamedInstance {
  readonly id: string;
  readonly number: number;
  readonly hostname: string;
}

/**
 * Fills in `[DEFAULT] instance_name_template` as Python's `%` does: `%08x`, `%d` and similar take the server's number;
 * `%(uuid)s`, `%(name)s`, `%(hostname)s` and `%(id)d` take its fields.
 */
export function instanceName(template: string, { id, number, hostname }: NamedInstance): string {
  const fields: Readonly<Record<string, string | number>> = { uuid: id, name: id, hostname, id: number };
  return template.replaceAll(
    /%(?:\((\w+)\))?(0?)(\d*)([sdxX%])/g,
    (found: string, field: string | undefined, zero: string, width: string, kind: string) => {
      if (kind === '%') return '%';
      const value = field === undefined ? number : fields[field];
      if (value === undefined) return found;
      const text = kind === 'x' || kind === 'X' ? Number(value).toString(16) : String(value);
      const padded = text.padStart(Number(width), zero === '0' ? '0' : ' ');
      return kind === 'X' ? padded.toUpperCase() : padded;
    },
  );
}
