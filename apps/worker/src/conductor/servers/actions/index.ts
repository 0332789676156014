import type { ActionHandlers } from './action-handler.js';
import { consoleHandlers } from './console-handlers.js';
import { hostHandlers } from './host-handlers.js';
import { imageHandlers, shelveHandlers } from './image-handlers.js';
import { moveHandlers } from './move-handlers.js';
import { networkHandlers } from './network-handlers.js';
import { ownerHandlers } from './owner-handlers.js';
import { rebuildHandlers } from './rebuild-handlers.js';

/** What actions do beyond their declarations; those that are not here do what is declared, and no more. */
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
