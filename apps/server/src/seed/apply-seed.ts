import { randomBytes } from 'node:crypto';
import { IdentityOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { DocumentError, faultPlan } from '#libs/simulation';
import type { Snapshots } from '../../../worker/src/snapshots/snapshots.js';
import { ApiRefusal, ApiSession, textIn } from './api-session.js';
import { lookAround, namesOf } from './cloud-names.js';
import { readSeed } from './seed-document.js';
import { checkReferences } from './seed-references.js';
import { SeedRun } from './seed-run.js';
import type { SeedCounts } from './seed-run.js';

/**
 * Makes what a seed describes, all or nothing: what an API refuses brings the state of before back. Throws
 * DocumentError with everything that is wrong, each with its line.
 */
export async function applySeed(
  text: string,
  file: string,
  { config, snapshots }: { readonly config: Configuration; readonly snapshots: Snapshots },
): Promise<SeedCounts> {
  const read = readSeed(text, file);
  return faultPlan.without(async () => {
    const session = await ApiSession.open(config);
    const things = await lookAround(session);
    checkReferences(read, namesOf(things));
    const { adminProjectName } = config.get(IdentityOptions);
    const admin = things.projects.find((project) => project['name'] === adminProjectName);
    const run = new SeedRun(config, session, read.seed, things, textIn(admin, 'id'));
    const before = `before-seed-${randomBytes(4).toString('hex')}`;
    await snapshots.create(before);
    try {
      return await run.run();
    } catch (error) {
      await snapshots.restore(before);
      if (!(error instanceof ApiRefusal)) throw error;
      const { section, index } = run.position;
      read.source.fault([section, index], `the API refused it with ${error.status}: ${error.message}`);
      throw new DocumentError(read.source.faults);
    } finally {
      await snapshots.remove(before);
    }
  });
}
