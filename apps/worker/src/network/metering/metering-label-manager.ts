import { sql } from 'kysely';
import { ExpectedError, MeteringLabelRule, MeteringLabel } from '#libs/contracts';
import type { MeteringLabelRuleData, MeteringLabelData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';

type RuleDraft = Draft<MeteringLabelRuleData>;

const PREFIXES = ['remote_ip_prefix', 'source_ip_prefix', 'destination_ip_prefix'] as const;

/** Errors besides those of every resource: MeteringLabelNotFound, MeteringLabelRuleOverlaps, InvalidInput. */
@Manages(MeteringLabelRule)
export class MeteringLabelRuleManager extends ResourceManager<MeteringLabelRuleData> {
  /** Locks the labels, so that their rules do not change until the commit. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly RuleDraft[],
  ): Promise<void> {
    const labels = this.shared.managers.get(MeteringLabelManager);
    for (const id of [...new Set(drafts.map(({ input }) => input.metering_label_id ?? ''))].toSorted()) {
      await labels.lockVisible(tx, context, id);
    }
  }

  protected override async beforeCreate(_tx: Transaction, { input }: RuleDraft): Promise<void> {
    const { remote_ip_prefix: remote, source_ip_prefix: source, destination_ip_prefix: destination } = input;
    if (isGiven(remote) && (isGiven(source) || isGiven(destination))) {
      const text = "Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'.";
      throw new ExpectedError('InvalidInput', text);
    }
    if (PREFIXES.some((name) => isGiven(input[name]))) return;
    const text =
      "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or 'destination_ip_prefix'.";
    throw new ExpectedError('InvalidInput', text);
  }

  protected override async insert(tx: Transaction, draft: RuleDraft): Promise<void> {
    const { metering_label_id: label, direction, excluded = false, remote_ip_prefix: remote } = draft.input;
    if (isGiven(remote)) {
      const { rows } = await sql`
        select 1 from metering_label_rules
        where metering_label_id = ${label} and direction = ${direction} and excluded = ${excluded}
          and network(remote_ip_prefix::inet) && network(${remote}::inet) limit 1`.execute(tx);
      if (rows.length > 0) {
        const text = `Metering label rule with remote_ip_prefix '${remote}' overlaps another.`;
        throw new ExpectedError('MeteringLabelRuleOverlaps', text);
      }
    }
    await super.insert(tx, draft);
  }
}

function isGiven(prefix: string | null | undefined): prefix is string {
  return prefix !== undefined && prefix !== null;
}

/** Deleting a label also deletes its rules. */
@Manages(MeteringLabel)
export class MeteringLabelManager extends ResourceManager<MeteringLabelData> {}
