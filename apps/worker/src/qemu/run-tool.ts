import { spawn } from 'node:child_process';
import { diskError } from './guest.errors.js';
import { TOOL_PATH } from './program-fault.js';

/** A program of the host failed; `code` is its exit code, null for a signal. */
export class ToolError extends Error {
  constructor(
    program: string,
    readonly code: number | null,
    readonly stdout: string,
    stderr: string,
  ) {
    super(`${program} ended with ${code ?? 'a signal'}: ${stderr.trim().slice(-2_000)}`);
    this.name = 'ToolError';
  }
}

export interface ToolRun {
  readonly signal?: AbortSignal;
  /** @default 600_000 */
  readonly timeoutMs?: number;
  readonly cwd?: string;
}

const MAX_OUTPUT = 1024 * 1024;

/** The environment of programs on the host; the worker's own may contain secrets. */
export function toolEnvironment(): Record<string, string> {
  return { LC_ALL: 'C', PATH: TOOL_PATH };
}

/**
 * Runs a program without a shell and returns its output. Throws ToolError; an ENOENT error if the program is missing;
 * GuestError for a full disk.
 */
export async function runTool(program: string, args: readonly string[], run: ToolRun = {}): Promise<string> {
  const { signal, timeoutMs = 600_000, cwd } = run;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: toolEnvironment(),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < MAX_OUTPUT) stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-8_192);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw diskError(new ToolError(program, code, stdout, stderr));
  return stdout;
}
