import { BoolOpt, MultiStrOpt, OptionGroup, StrOpt } from '#libs/config';

@OptionGroup('oslo_policy', { help: 'Who may do what.' })
export class PolicyOptions {
  @BoolOpt({ default: true, help: 'Use the new default rules only, not the old ones beside them.' })
  readonly enforceNewDefaults!: boolean;

  @BoolOpt({ default: true, help: 'Refuse a token whose scope does not fit the rule.' })
  readonly enforceScope!: boolean;

  @StrOpt({
    default: 'policy.yaml',
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'File with rules that replace the defaults.',
  })
  readonly policyFile!: string;

  @StrOpt({
    default: 'default',
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'The rule for names that have none.',
  })
  readonly policyDefaultRule!: string;

  @MultiStrOpt({
    default: ['policy.d'],
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Directories with more files of rules.',
  })
  readonly policyDirs!: readonly string[];
}
