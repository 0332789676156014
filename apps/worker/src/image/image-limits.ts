import type { ImageOptions } from '#libs/options';
import { ExpectedError } from '#libs/contracts';
import type { Quotas } from '../quota/quotas.js';
import type { Transaction } from '../store/index.js';

const MIB = 1_048_576;

function beyond(message: string): ExpectedError {
  return new ExpectedError('ImageLimitExceeded', message);
}

/** The counted parts of an image, and glance's name of each. */
const COUNTED = { properties: 'imagePropertyQuota', tags: 'imageTagQuota', members: 'imageMemberQuota' } as const;

/** Limits of one image, and of all images of a project. */
export class ImageLimits {
  constructor(
    private readonly options: ImageOptions,
    private readonly quotas: Quotas,
  ) {}

  /** Error ImageLimitExceeded. */
  requireCount(kind: keyof typeof COUNTED, attempted: number): void {
    const limit = this.options[COUNTED[kind]];
    if (limit < 0 || attempted <= limit) return;
    throw beyond(
      `The limit has been exceeded on the number of allowed image ${kind}. Attempted: ${attempted}, Maximum: ${limit}`,
    );
  }

  /**
   * Locks the count of a project's images until the commit. Error ImageLimitExceeded if it has no room for another one.
   */
  async roomForImage(tx: Transaction, owner: string | null): Promise<void> {
    await this.#room(tx, owner, 'image_count_total', 1);
  }

  /**
   * Locks the quota for an upload, and returns how many bytes it may have: the cap of an image, or the project's
   * remaining quota if that is less. Error ImageLimitExceeded, also for an announced `size` above that.
   */
  async roomForData(
    tx: Transaction,
    owner: string | null,
    resource: 'image_size_total' | 'image_stage_total',
    size: number | null,
  ): Promise<number> {
    await this.#room(tx, owner, 'image_count_uploading', 1);
    const left = await this.#room(tx, owner, resource, Math.ceil((size ?? 0) / MIB));
    const limit = Math.min(this.options.imageSizeCap, left === null ? Infinity : left * MIB);
    if (size !== null && size > limit) {
      throw beyond(`The incoming image is too large: ${size} bytes exceed the limit of ${limit}.`);
    }
    return limit;
  }

  /** The remaining amount of a limit; null without a limit. */
  async #room(
    tx: Transaction,
    owner: string | null,
    resource: 'image_count_total' | 'image_count_uploading' | 'image_size_total' | 'image_stage_total',
    more: number,
  ): Promise<number | null> {
    // An image without an owner counts for no project.
    if (owner === null) return null;
    const hold = await this.quotas.hold(tx, 'image', [resource], [{ projectId: owner }]);
    const found = (await hold.amounts({ projectId: owner }))[resource];
    if (found === undefined) return null;
    const left = found.limit - found.used;
    if (more > left || (left <= 0 && resource !== 'image_count_uploading')) {
      throw beyond(
        `Project ${owner} is over a limit for [Resource ${resource} is over limit of ${found.limit} due to current ` +
          `usage ${found.used} and delta ${more}]`,
      );
    }
    return left;
  }
}
