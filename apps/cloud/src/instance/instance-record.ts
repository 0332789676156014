import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { CloudError, EXIT } from '../cloud.errors.js';

/** The commands' information about a running cloud. The file contains its secrets: only its owner may read it. */
export interface InstanceRecord {
  readonly name: string;
  readonly pid: number;
  /**
   * Start time of the process in the system's units, since a pid can be reused. Empty if the system does not provide
   * it.
   */
  readonly began: string;
  readonly controlUrl: string;
  readonly token: string;
  /** Variables for clients of OpenStack: OS_AUTH_URL and the others. */
  readonly environment: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Throws CloudError for a name that is not a valid file name. */
export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new CloudError(
    `--name ${JSON.stringify(name)}: expected a letter or digit and at most 63 more, or ".", "_", "-"`,
    EXIT.usage,
  );
}

/** By number: the user of a container need not have a name. */
const ownUid = (): number => process.getuid?.() ?? userInfo().uid;

/** The folder of the records: below XDG_RUNTIME_DIR, otherwise the temporary folder. Only its owner has access. */
export class InstanceFolder {
  readonly path: string;

  constructor(environment: Environment) {
    const runtime = environment['XDG_RUNTIME_DIR'] ?? '';
    this.path = runtime === '' ? join(tmpdir(), `albireo-${ownUid()}`) : join(runtime, 'albireo');
  }

  fileOf(name: string, kind: 'json' | 'log' = 'json'): string {
    return join(this.path, `${checkName(name)}.${kind}`);
  }

  /** Creates the folder. Throws CloudError if others can write to it. */
  prepare(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(this.path);
    if (uid !== ownUid() || (mode & 0o077) !== 0) {
      throw new CloudError(`${this.path} must belong to you alone (mode 700): it holds secrets of running clouds`);
    }
  }

  /** The record of a running cloud; undefined if there is none. The record of a killed cloud is removed. */
  find(name: string): InstanceRecord | undefined {
    const file = this.fileOf(name);
    const record = readRecord(file);
    if (record === undefined || isRunning(record)) return record;
    rmSync(file, { force: true });
    return undefined;
  }

  /** Like `find`; throws CloudError with exit code 3 if there is none. */
  require(name: string): InstanceRecord {
    const record = this.find(name);
    if (record !== undefined) return record;
    const running = this.list().map((other) => other.name);
    const others = running.length === 0 ? 'none runs' : `running: ${running.join(', ')}`;
    throw new CloudError(`no cloud named ${name} runs (${others}); start one: albireo start --detach`, EXIT.notRunning);
  }

  list(): InstanceRecord[] {
    let files: string[];
    try {
      files = readdirSync(this.path);
    } catch {
      return [];
    }
    const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    return names.filter((name) => NAME.test(name)).flatMap((name) => this.find(name) ?? []);
  }

  /** Writes the record of a cloud that is ready. False if another cloud of that name was first. */
  add(record: InstanceRecord): boolean {
    this.prepare();
    const file = this.fileOf(record.name);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    try {
      if (this.find(record.name) !== undefined) return false;
      linkSync(draft, file);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  remove(name: string): void {
    rmSync(this.fileOf(name), { force: true });
  }
}

/** Writes a file atomically: a process that waits for it never reads a part. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

function readRecord(file: string): InstanceRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  // Only this program writes there, and only complete files.
  return JSON.parse(text) as InstanceRecord;
}

export function isRunning({ pid, began }: Pick<InstanceRecord, 'pid' | 'began'>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return beginningOf(pid) === began;
}

/** Field 22 of proc_pid_stat(5), in clock ticks since the boot; empty where there is no such file. */
export function beginningOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may contain spaces and brackets itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
