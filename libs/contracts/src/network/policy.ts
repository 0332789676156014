import { defineRules } from '#libs/policy';
import { networkRules } from '../policy/network.js';
import type { RuleDefault } from '#libs/policy';
import { declarationsOf } from '../resource/resource-methods.js';
import { networkResources } from './resources.js';

/** Every policy rule of the Network API: the common ones, and those that its resources declare. */
export const networkPolicy: readonly RuleDefault[] = [
  ...networkRules,
  ...defineRules(
    ['project'],
    declarationsOf(networkResources).flatMap(({ rules }) => rules),
  ),
];
