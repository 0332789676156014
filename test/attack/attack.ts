import type { Random } from '../fuzz/random.js';
import type { Target } from './target.js';

/** How much of an attack is played. */
export interface Extent {
  /** Everything, or a sample that fits into `npm cit`. */
  readonly full: boolean;
  /** Seeded: the same seed plays the same sample. */
  readonly random: Random;
  /** `count` of the items, chosen by the seed; all of them in full. */
  sample<T>(items: readonly T[], count: number): readonly T[];
}

/** What an attack saw. */
export interface AttackReport {
  /** How many things were tried. */
  readonly tried: number;
  /** What should not have been, each with what made it; empty when the cloud held. */
  readonly findings: readonly string[];
}

/**
 * One kind of attack. It is played against a cloud of either form (embedded, and gateway with worker), makes its own
 * projects and users (`target.tenant`), and leaves the cloud usable for the attacks after it. Everything that it does
 * is bounded in count; nothing is decided by time alone.
 */
export interface Attack {
  /** For `npm run attack -- --only NAME`. */
  readonly name: string;
  run(target: Target, extent: Extent): Promise<AttackReport>;
}

/** Something broke inside. The routes of federated logins alone say 501: keystone has them and this does not. */
export function hasFailed(status: number, path: string): boolean {
  return status >= 500 && !(status === 501 && path.includes('/OS-FEDERATION/'));
}
