/** nova-status' names and numbers: the worst result is the exit code. */
export const CODES = { Success: 0, Warning: 1, Failure: 2 } as const;
export type CheckCode = keyof typeof CODES;

export interface CheckResult {
  readonly code: CheckCode;
  /** The finding and the remedy; null if there is none. */
  readonly details: string | null;
}

export interface NamedResult extends CheckResult {
  readonly name: string;
}

export const success = (details: string | null = null): CheckResult => ({ code: 'Success', details });
export const warning = (details: string): CheckResult => ({ code: 'Warning', details });
export const failure = (details: string): CheckResult => ({ code: 'Failure', details });

const textWidth = 60;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > textWidth) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The table of oslo.upgradecheck, one cell per check. */
export function formatResults(results: readonly NamedResult[]): string {
  const title = 'Upgrade Check Results';
  const cells = results.map(({ name, code, details }) => [
    `Check: ${name}`,
    `Result: ${code}`,
    ...wrapped(`Details: ${details ?? 'None'}`),
  ]);
  const width = Math.max(title.length, ...cells.flat().map((line) => line.length));
  const border = `+${'-'.repeat(width + 2)}+`;
  const rows = [[title], ...cells].map((lines) => lines.map((line) => `| ${line.padEnd(width)} |`).join('\n'));
  return `${border}\n${rows.map((row) => `${row}\n${border}\n`).join('')}`;
}

/** The worst of all results. */
export function worst(results: readonly CheckResult[]): number {
  return Math.max(0, ...results.map(({ code }) => CODES[code]));
}
