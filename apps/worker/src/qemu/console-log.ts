import { open, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { isMissing } from './guest-folder.js';
import type { GuestFolder } from './guest-folder.js';

/** The maximum size of one response, as nova's MAX_CONSOLE_BYTES. */
const MAX_ANSWER = 100 * 1024;

/** The end of the text that a guest wrote on its first serial line. */
export async function readConsole(folder: GuestFolder): Promise<string> {
  const now = await tail(folder.consoleLog, MAX_ANSWER);
  if (now.byteLength >= MAX_ANSWER) return now.toString('utf8');
  const before = await tail(`${folder.consoleLog}.0`, MAX_ANSWER - now.byteLength);
  return Buffer.concat([before, now]).toString('utf8');
}

/**
 * Keeps a log small, since a guest may write without limit. QEMU appends to the file, so after the truncation it
 * continues at the new end; text written between copy and truncation is lost.
 */
export async function trimConsole(folder: GuestFolder, maxBytes: number): Promise<void> {
  const { size } = await stat(folder.consoleLog).catch(() => ({ size: 0 }));
  if (size <= maxBytes) return;
  const kept = await tail(folder.consoleLog, maxBytes / 2);
  const draft = `${folder.consoleLog}.0.part`;
  await writeFile(draft, kept, { mode: 0o600 });
  await rename(draft, `${folder.consoleLog}.0`);
  await truncate(folder.consoleLog, 0);
}

async function tail(path: string, bytes: number): Promise<Buffer> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
  try {
    const { size } = await file.stat();
    const length = Math.min(size, Math.floor(bytes));
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
