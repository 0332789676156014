import { Option } from 'commander';
import type { Command } from 'commander';
import { StartError } from '#libs/config';
import type { Configuration } from '#libs/config';
import { policyRules } from '#libs/contracts';
import type { PolicyService } from '#libs/contracts';
import {
  PolicyDefinitionError,
  credentialsOf,
  flattenTarget,
  formatExplanation,
  identityCredentials,
  policyOpener,
} from '#libs/policy';
import { runWithConfiguration } from '../global-options.js';
import { wholePolicySample } from './policy-documents.js';

const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));
const services = Object.keys(policyRules) as PolicyService[];
const serviceOption = (): Option => new Option('--service <name>', 'only the rules of this service').choices(services);

interface WhyOptions {
  readonly target: string;
  readonly creds: string;
  readonly service?: PolicyService;
}

/** `albireo-manage policy …`: the registered rules, the effective rules, and the reason for a decision. */
export function registerPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('the rules of who may do what');
  policy
    .command('list')
    .description('print every rule in force; those of a file are marked')
    .addOption(serviceOption())
    .action(async ({ service }: { service?: PolicyService }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        for (const name of service === undefined ? services : [service]) {
          const rules = policyOpener(config)(policyRules[name]).list();
          print([
            `# ${name}`,
            ...rules.map((rule) => `${rule.name}: ${rule.check}${rule.source === 'file' ? '   # file' : ''}`),
          ]);
        }
        return 0;
      });
    });
  policy
    .command('sample')
    .description('print a policy file with every rule and its default, commented out')
    .action(() => void process.stdout.write(wholePolicySample()));
  policy
    .command('check')
    .description('judge the policy files that the configuration names; exit 1 when there are faults')
    .action(async (_options: unknown, command: Command) => {
      await runWithConfiguration(command, async (config) => checkFiles(config));
    });
  policy
    .command('why')
    .description('ask one rule, and print its checks with the verdict of each; exit 1 when the answer is no')
    .argument('<rule>', 'as os_compute_api:servers:show')
    .option('--target <json>', 'what the operation is about', '{}')
    .option('--creds <json>', 'who asks: user_id, project_id, roles, system_scope, …', '{}')
    .addOption(serviceOption())
    .action(async (rule: string, options: WhyOptions, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const service = options.service ?? serviceOf(rule);
        const enforcer = policyOpener(config)(policyRules[service]);
        const credentials = service === 'identity' ? identityCredentials : credentialsOf;
        const target = flattenTarget(jsonObject('--target', options.target));
        const explanation = enforcer.explain(rule, target, credentials(jsonObject('--creds', options.creds)));
        print(formatExplanation(explanation));
        return explanation.result ? 0 : 1;
      });
    });
}

function checkFiles(config: Configuration): number {
  const told = new Set<string>();
  const warnings = new Set<string>();
  for (const name of services) {
    try {
      policyOpener(config)(policyRules[name], (message) => warnings.add(`warning: ${message}`));
    } catch (error) {
      if (!(error instanceof PolicyDefinitionError)) throw error;
      // All services read the same files, so each fault would be printed once per service.
      told.add(error.message);
    }
  }
  print([...warnings]);
  print(told.size === 0 ? ['the policy has no faults'] : [...told]);
  return told.size === 0 ? 0 : 1;
}

function serviceOf(rule: string): PolicyService {
  const found = services.find((service) => policyRules[service].some(({ name }) => name === rule));
  if (found !== undefined) return found;
  throw new StartError(`${rule}: expected the name of a rule, see "albireo-manage policy list"`);
}

function jsonObject(option: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StartError(`${option}: expected a JSON object, found ${text}`);
  }
  return Object.fromEntries(Object.entries(value));
}
