// Sample file and reference page of all policy rules.
import { policyReference, wholePolicySample } from '../../dist/apps/manage/src/policy/policy-services.js';

export const files = [
  { path: 'etc/policy.yaml.sample', text: () => wholePolicySample() },
  { path: 'docs/policy-reference.md', text: () => policyReference() },
];
