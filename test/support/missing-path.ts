import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'albireo-missing-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A path below a folder of our own at which there is nothing: no test may lean on what a machine happens to lack. */
export const missingPath = join(folder, 'missing');
