import type { ActionHandlers } from './action-handler.js';
import { ownerHandlers } from './owner-handlers.js';

/** What actions do beyond their declarations; those that are not here do what is declared, and no more. */
export const actionHandlers: ActionHandlers = { ...ownerHandlers };
