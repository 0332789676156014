import type { ActionHandlers } from './action-handler.js';
import { consoleHandlers } from './console-handlers.js';
import { hostHandlers } from './host-handlers.js';
import { imageHandlers, shelveHandlers } from './image-handlers.js';
import { moveHandlers } from './move-handlers.js';
import { networkHandlers } from './network-handlers.js';
import { ownerHandlers } from './owner-handlers.js';
import { rebuildHandlers } from './rebuild-handlers.js';

/** Behaviour of actions beyond their declarations. Actions that are not listed here do only what is declared. */
export const actionHandlers: ActionHandlers = {
  ...ownerHandlers,
  ...rebuildHandlers,
  ...moveHandlers,
  ...hostHandlers,
  ...imageHandlers,
  ...shelveHandlers,
  ...networkHandlers,
  ...consoleHandlers,
};
