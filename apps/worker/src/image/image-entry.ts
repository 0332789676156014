/** One image of `[image] images`. Sizes in bytes, min_disk in GiB, min_ram in MiB. */
export interface ImageEntry {
  readonly name: string;
  readonly disk_format: string;
  readonly container_format: string;
  readonly size: number;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly properties: Readonly<Record<string, string>>;
}

const NUMBERS = ['size', 'min_disk', 'min_ram'] as const;

/**
 * Reads `name[;key=value…]`, as `cirros;disk_format=qcow2;min_ram=64;os_distro=cirros`: keys other than the fields of
 * ImageEntry become properties. Throws TypeError that names the entry and what is wrong with it.
 */
export function parseImageEntry(text: string): ImageEntry {
  const [name = '', ...settings] = text.split(';').map((part) => part.trim());
  if (name === '' || name.length > 255) throw wrongEntry(text, 'a name of 1 to 255 characters at its beginning');
  const values = new Map<string, string>();
  for (const setting of settings.filter((part) => part !== '')) {
    const at = setting.indexOf('=');
    if (at < 1) throw wrongEntry(text, `key=value in place of "${setting}"`);
    values.set(setting.slice(0, at).trim(), setting.slice(at + 1).trim());
  }
  const numbers = { size: 0, min_disk: 0, min_ram: 0 };
  for (const key of NUMBERS) {
    const value = take(values, key) ?? '0';
    if (!/^\d{1,15}$/.test(value)) throw wrongEntry(text, `a whole number for ${key}, found "${value}"`);
    numbers[key] = Number(value);
  }
  return {
    name,
    disk_format: take(values, 'disk_format') ?? 'qcow2',
    container_format: take(values, 'container_format') ?? 'bare',
    ...numbers,
    properties: Object.fromEntries(values),
  };
}

function take(values: Map<string, string>, key: string): string | undefined {
  const value = values.get(key);
  values.delete(key);
  return value;
}

function wrongEntry(text: string, expected: string): TypeError {
  return new TypeError(`[image] images: in "${text}" expected ${expected}`);
}
