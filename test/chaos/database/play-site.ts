import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDatabaseChaos } from './database-run.js';
import type { Site } from './site.js';

/** No trouble of a site begins later; each takes two minutes at most, and the end another. */
const LIMIT_MS = 900_000;

/** What `--help` says below the usage. */
export const CHAOS_HELP = `Each case is a row of a Markdown table; what was promised and not kept is a line "FAILED: …", and the status is 1 then.
A case takes two minutes at most. No case begins 15 minutes after the first: with start and end a site takes 20 minutes at most.`;

/** Plays the troubles of a site, those with one of the parts in their names or all; prints figures and faults. */
export async function playSite(
  open: () => Promise<Site>,
  { rate, only }: { readonly rate: number; readonly only: readonly string[] },
): Promise<void> {
  const site = await open();
  try {
    if (only.length > 0 && !site.troubles.some(({ name }) => only.some((part) => name.includes(part)))) return;
    console.log(`${site.name}:`);
    const onFaults = (logs: readonly { name: string; log: string }[]): void => {
      const directory = mkdtempSync(join(tmpdir(), 'albireo-chaos-logs-'));
      for (const { name, log } of logs) writeFileSync(join(directory, `${name}.log`), log);
      console.error(`The programs' logs are in ${directory}`);
    };
    const progress = (line: string): void => console.log(line);
    const { faults, requests, created } = await runDatabaseChaos(site, {
      rate,
      calmMs: 3_000,
      only,
      progress,
      onFaults,
      limitMs: LIMIT_MS,
    });
    for (const fault of faults.slice(0, 50)) console.error(`FAILED: ${fault}`);
    console.log(`${requests} requests, ${created} servers, ${faults.length} faults`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await site.stop();
  }
}
