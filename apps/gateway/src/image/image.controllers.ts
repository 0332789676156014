import type { Type } from '@nestjs/common';
import { CacheController } from './data/cache.controller.js';
import { ImageDataController } from './data/image-data.controller.js';
import { LocationsController } from './data/locations.controller.js';
import { ImageImportController } from './images/image-import.controller.js';
import { ImagesController } from './images/images.controller.js';
import { InfoController } from './info/info.controller.js';
import { MembersController } from './members/members.controller.js';
import { MetadefSchemasController, SchemasController } from './schemas/schemas.controller.js';
import { NamespacesController } from './metadefs/namespaces.controller.js';
import { definitionsControllers } from './metadefs/definitions.controller.js';
import { ResourceTypesController } from './metadefs/resource-types.controller.js';
import { TagsController } from './metadefs/tags.controller.js';
import { TasksController } from './tasks/tasks.controller.js';
import { VersionsController } from './versions/versions.controller.js';

/** Every controller of the Image API. */
export const imageControllers: readonly Type[] = [
  VersionsController,
  ImagesController,
  MembersController,
  ImageDataController,
  ImageImportController,
  LocationsController,
  CacheController,
  TasksController,
  NamespacesController,
  ...definitionsControllers,
  ResourceTypesController,
  TagsController,
  MetadefSchemasController,
  SchemasController,
  InfoController,
];
