import type { Type } from '@nestjs/common';
import { declarationsOf } from '#libs/contracts';
import type { ResourceTable } from '#libs/contracts';
import { actionController } from './actions.controller.js';
import { resourceController } from './resource.controller.js';
import { tagsController } from './tags.controller.js';

/** Every controller that the declarations of resources ask for. */
export function resourceControllers(resources: ResourceTable): Type[] {
  return declarationsOf(resources).flatMap((declaration) => [
    resourceController(declaration),
    ...(declaration.tags ? [tagsController(declaration)] : []),
    ...[...declaration.actions].map(([action, options]) => actionController(declaration, action, options)),
  ]);
}
