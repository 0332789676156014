import { ImportFilter } from '#libs/imagestore';
import { ImageOptions, ImageServiceOptions, ImportFilteringOptions } from '#libs/options';
import type { ImageUsageData } from '#libs/contracts';
import type { ImageStores } from '#libs/imagestore';
import type { RequestContext } from '#libs/telemetry';
import { resourcesOf } from '../quota/quota-resources.js';
import type { Quotas } from '../quota/quotas.js';
import type { WorkerResources } from '../service/worker-resources.js';
import type { Store } from '../store/index.js';
import { ImageAccess } from './image-access.js';
import { ImageCatalog } from './image-catalog.js';
import { ImageDataManager } from './image-data-manager.js';
import { ImageLimits } from './image-limits.js';
import { ImageLocations } from './image-locations.js';
import { ImageManager } from './image-manager.js';
import { ImageMembers } from './image-members.js';
import { ImageObjects } from './image-objects.js';
import { ImageImporter } from './import/image-importer.js';
import { ImageImports } from './import/image-imports.js';
import { ImageTasks } from './import/image-tasks.js';
import { LocationImporter } from './import/location-importer.js';
import { ExternalLocations } from './external-locations.js';
import { LocationChanges } from './location-changes.js';
import { MetadefAccess } from './metadefs/metadef-access.js';
import { MetadefItemManager } from './metadefs/metadef-item-manager.js';
import { MetadefNamespaceManager } from './metadefs/metadef-namespace-manager.js';

/** All services of the topic image, created once per process. */
export class ImageServices {
  readonly catalog: ImageCatalog;
  readonly manager: ImageManager;
  readonly members: ImageMembers;
  readonly data: ImageDataManager;
  readonly objects: ImageObjects;
  readonly locations: ImageLocations;
  readonly tasks: ImageTasks;
  readonly metadefNamespaces: MetadefNamespaceManager;
  readonly metadefItems: MetadefItemManager;
  readonly imports: ImageImports;
  readonly importer: ImageImporter;
  readonly #access: ImageAccess;
  readonly limits: ImageLimits;
  readonly stores: ImageStores;
  readonly #store: Store;
  readonly #quotas: Quotas;

  constructor(shared: Pick<WorkerResources, 'config' | 'store' | 'authorizer' | 'quotas' | 'imageStores'>) {
    const { config, store, authorizer, quotas, imageStores } = shared;
    const options = config.get(ImageOptions);
    const lease = (): number => options.uploadLease;
    const access = new ImageAccess(authorizer);
    const limits = new ImageLimits(options, quotas);
    this.#store = store;
    this.#quotas = quotas;
    this.limits = limits;
    this.stores = imageStores;
    this.catalog = new ImageCatalog(store, authorizer);
    this.objects = new ImageObjects(store, imageStores, lease);
    const service = config.get(ImageServiceOptions);
    const external = new ExternalLocations(imageStores);
    const canChange = (): boolean => service.showMultipleLocations;
    const isShown = (): boolean => service.showMultipleLocations || service.showImageDirectUrl;
    const places = new LocationChanges(store, access, this.objects, imageStores, external, canChange);
    this.manager = new ImageManager(store, access, limits, this.objects, places);
    this.members = new ImageMembers(store, access, limits);
    this.data = new ImageDataManager(store, access, limits, this.objects, imageStores, lease);
    this.#access = access;
    const metadefAccess = new MetadefAccess(authorizer);
    this.metadefNamespaces = new MetadefNamespaceManager(store, metadefAccess);
    this.metadefItems = new MetadefItemManager(store, metadefAccess);
    this.tasks = new ImageTasks(store, lease);
    const wake = (): void => this.importer.wake();
    this.locations = new ImageLocations(store, access, this.objects, imageStores, external, this.tasks, wake, isShown);
    const filter = new ImportFilter(config.get(ImportFilteringOptions));
    const linker = new LocationImporter(
      store,
      imageStores,
      this.objects,
      this.tasks,
      external,
      () => service.doSecureHash,
    );
    this.importer = new ImageImporter(store, imageStores, this.objects, this.tasks, filter, linker, {
      leaseSeconds: lease,
      sizeCap: () => options.imageSizeCap,
    });
    this.imports = new ImageImports(
      store,
      access,
      limits,
      this.objects,
      this.tasks,
      imageStores,
      filter,
      this.manager,
      wake,
    );
  }

  /** Error PolicyNotAuthorized. */
  requireTasks(ctx: RequestContext): void {
    this.#access.require(ctx, 'tasks_api_access', { owner: ctx.project_id, visibility: 'private' });
  }

  /** Cleans up after dead processes, and starts waiting work. */
  async sweep(): Promise<void> {
    this.importer.wake();
    await this.objects.sweep();
    await this.tasks.sweep();
  }

  /** Usage and limits of the caller's project. */
  async usage({ project_id: projectId }: RequestContext): Promise<ImageUsageData> {
    const names = resourcesOf('image');
    const { limits, used } = await this.#quotas.read(this.#store.db, 'image', names, projectId ?? '');
    return { usage: Object.fromEntries(names.map((name) => [name, { usage: used[name], limit: limits[name] }])) };
  }
}
