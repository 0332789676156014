import { ADMIN, defineRules } from '#libs/policy';
import type { RuleDefault } from '#libs/policy';
import type { ActionAudience, ActionDeclaration } from './action.js';
import { consoleActions } from './console-actions.js';
import { imageActions } from './image-actions.js';
import { moveActions } from './move-actions.js';
import { networkActions } from './network-actions.js';
import { ownerActions } from './owner-actions.js';
import { powerActions } from './power-actions.js';
import { rescueActions } from './rescue-actions.js';

export type { ActionAudience, ActionDeclaration, ActionStates, HostStep } from './action.js';
export type { AddressBody, FloatingIpAddressBody } from './network-actions.js';
export { isHard } from './power-actions.js';
export { PersonalityFile } from './rescue-actions.js';

/** Every action of a server, by its name on the bus. */
export const serverActions = {
  ...powerActions,
  ...ownerActions,
  ...rescueActions,
  ...moveActions,
  ...imageActions,
  ...consoleActions,
  ...networkActions,
};

export type ServerActionName = keyof typeof serverActions;

export const SERVER_ACTION_NAMES = Object.keys(serverActions) as ServerActionName[];

/** The declaration of an action, with the type common to all of them. */
export function actionOf(name: ServerActionName): ActionDeclaration {
  return serverActions[name];
}

const AUDIENCES: Readonly<Record<ActionAudience, string>> = {
  member: 'rule:project_member_or_admin',
  manager: 'rule:project_manager_or_admin',
  admin: ADMIN,
};

/** The keys of `POST /servers/{id}/action`. */
export const SERVER_ACTION_KEYS: ReadonlyMap<string, ServerActionName> = new Map(
  SERVER_ACTION_NAMES.flatMap((name) =>
    actionOf(name).operation === undefined ? [[actionOf(name).key, name] as const] : [],
  ),
);

/** Names of the policy rules of all actions. */
export const SERVER_ACTION_RULES = [...new Set(SERVER_ACTION_NAMES.map((name) => actionOf(name).rule))] as [
  string,
  ...string[],
];

/** The policy rules of the actions, as registered defaults. */
export const serverActionRules: readonly RuleDefault[] = defineRules(
  ['project'],
  SERVER_ACTION_RULES.map((rule) => {
    const declared = SERVER_ACTION_NAMES.map(actionOf).filter((action) => action.rule === rule);
    const [first] = declared;
    const operations = declared
      .map(({ key, operation }) => operation ?? `POST /servers/{server_id}/action (${key})`)
      .join(', ');
    return [rule, AUDIENCES[first?.allowed ?? 'admin'], first?.description ?? '', operations] as const;
  }),
);
