import { ExpectedError, imageFieldsByName, isReservedProperty, refuseImageValue } from '#libs/contracts';
import type { ImageChange, ImageData } from '#libs/contracts';

/** An image to which a patch is being applied. */
export interface ImageDraft {
  readonly fields: Map<string, unknown>;
  readonly properties: Map<string, string>;
}

const FORMATS: ReadonlySet<string> = new Set(['disk_format', 'container_format']);
const FORMATLESS: ReadonlySet<string> = new Set(['queued', 'importing']);

/** Limits and permissions of a project for changes. */
export interface ChangeRules {
  /** Throws if the visibility is not allowed. */
  readonly requireVisibility: (visibility: string) => void;
  readonly isAdmin: boolean;
}

export function forbidden(message: string): ExpectedError {
  return new ExpectedError('ImageForbidden', message);
}

/**
 * Applies the operations of a patch in order, with glance's checks (glance.api.v2.images._do_*). Errors:
 * ImageForbidden, Conflict, InvalidInput, those of `rules`.
 */
export function applyChanges(image: ImageData, changes: readonly ImageChange[], rules: ChangeRules): ImageDraft {
  const draft: ImageDraft = { fields: new Map(), properties: new Map(Object.entries(image.properties)) };
  for (const change of changes) {
    const { name } = change;
    if (isReservedProperty(name)) throw forbidden(`Attribute '${name}' is reserved.`);
    const field = imageFieldsByName.get(name);
    if (field !== undefined && field.put === undefined) throw forbidden(`Attribute '${name}' is read-only.`);
    if (name === 'owner' && change.op !== 'remove' && !rules.isAdmin) {
      throw forbidden("Owner can't be updated by non admin.");
    }
    if (name === 'visibility' && typeof change.value === 'string') rules.requireVisibility(change.value);
    if (field === undefined) changeProperty(draft, change);
    else changeField(draft, image, change);
  }
  return draft;
}

function changeField(draft: ImageDraft, image: ImageData, { op, name, value, must_be_new: isNew }: ImageChange): void {
  if (op === 'remove') throw forbidden(`Property ${name} may not be removed.`);
  if (op === 'add' && isNew === true) throw new ExpectedError('Conflict', `Property ${name} already present.`);
  const reason = refuseImageValue(name, value);
  if (reason !== undefined) throw new ExpectedError('InvalidInput', reason);
  if (FORMATS.has(name) && !FORMATLESS.has(image.status)) {
    throw forbidden(`Attribute ${name} can be only replaced for a queued image.`);
  }
  draft.fields.set(name, name === 'tags' && Array.isArray(value) ? [...new Set<unknown>(value)] : value);
}

function changeProperty({ properties }: ImageDraft, { op, name, value, must_be_new: isNew }: ImageChange): void {
  const exists = properties.has(name);
  if (op !== 'add' && !exists) throw new ExpectedError('Conflict', `Property ${name} does not exist.`);
  if (op === 'add' && exists && isNew === true) {
    throw new ExpectedError('Conflict', `Property ${name} already present.`);
  }
  if (op === 'remove') {
    properties.delete(name);
    return;
  }
  const reason = refuseImageValue(name, value);
  if (reason !== undefined || typeof value !== 'string') {
    throw new ExpectedError('InvalidInput', reason ?? `${name}: expected a text`);
  }
  properties.set(name, value);
}
