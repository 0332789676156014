import type { ApiDefinition } from '../edge/api-definition.js';
import { CacheController } from './data/cache.controller.js';
import { ImageDataController } from './data/image-data.controller.js';
import { ImageReceiver } from './data/image-receiver.js';
import { LocationsController } from './data/locations.controller.js';
import { glanceFaultForm } from './errors/glance-fault-form.js';
import { notAllowed } from './errors/glance-faults.js';
import { PATCH_TYPES } from './images/image-patch.js';
import { ImageImportController } from './images/image-import.controller.js';
import { ImagesController } from './images/images.controller.js';
import { InfoController } from './info/info.controller.js';
import { MembersController } from './members/members.controller.js';
import { MetadefItemCalls } from './metadefs/metadef-items.js';
import { MetadefSchemasController } from './metadefs/metadef-schemas.controller.js';
import { NamespacesController } from './metadefs/namespaces.controller.js';
import { ObjectsController } from './metadefs/objects.controller.js';
import { PropertiesController } from './metadefs/properties.controller.js';
import { ResourceTypesController } from './metadefs/resource-types.controller.js';
import { TagsController } from './metadefs/tags.controller.js';
import { installRequestRules } from './request-rules.js';
import { SchemasController } from './schemas/schemas.controller.js';
import { TasksController } from './tasks/tasks.controller.js';
import { VersionsController } from './versions/versions.controller.js';

const OPEN = ['cors', 'http_proxy_to_wsgi', 'request_id', 'request_log'];

/** The Image API v2. */
export const imageApi: ApiDefinition = {
  name: 'image',
  faults: glanceFaultForm,
  forbidden: notAllowed,
  pipeline: [
    { prefix: '/', filters: OPEN },
    { prefix: '/v2', filters: [...OPEN, 'sizelimit', 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [
      VersionsController,
      ImagesController,
      MembersController,
      ImageDataController,
      ImageImportController,
      LocationsController,
      CacheController,
      TasksController,
      NamespacesController,
      ObjectsController,
      PropertiesController,
      ResourceTypesController,
      TagsController,
      MetadefSchemasController,
      SchemasController,
      InfoController,
    ],
    providers: [ImageReceiver, MetadefItemCalls],
  },
  bodies: { json: PATCH_TYPES, stream: 'application/octet-stream' },
  install: installRequestRules,
};
