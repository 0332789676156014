import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Its stdin. @default nothing */
  readonly input?: string;
  /** Milliseconds until it is killed. @default 10 s */
  readonly timeoutMs?: number;
}

/** A program of the system that failed; the message contains its output. */
export class ProgramFailed extends Error {
  constructor(command: readonly string[], reason: string) {
    super(`${command.join(' ')}: ${reason}`);
    this.name = 'ProgramFailed';
  }
}

/** The folders of the system's programs; an ordinary user's path lacks some of them. */
export const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** No variables of the worker are passed to them. */
export const PROGRAM_ENVIRONMENT = { PATH: PROGRAM_FOLDERS.join(':') } as const;

/** Runs a program without a shell and returns its output. Errors: ProgramFailed. */
export function runProgram(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = '', ...args] = command;
  const { input, timeoutMs = 10_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: PROGRAM_ENVIRONMENT,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on('data', (data: Buffer) => out.push(data));
    child.stderr?.on('data', (data: Buffer) => errors.push(data));
    child.on('error', (error) => reject(new ProgramFailed(command, error.message)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const text = Buffer.concat(errors).toString().trim().slice(0, 1_000);
      reject(new ProgramFailed(command, text || (signal === null ? `exit code ${code}` : `ended by ${signal}`)));
    });
    // A program that has ended does not read stdin: its exit code shows why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
