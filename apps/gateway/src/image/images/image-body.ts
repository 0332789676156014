import { ImageCreateArgs, imageFieldsByName, isReservedProperty, refuseImageValue } from '#libs/contracts';
import { isRecord } from '#libs/contracts';
import { badRequest, forbidden } from '../errors/glance-faults.js';

/** Fields of an image that only the server sets: naming one is refused before any other check. */
const SHOWN = ['direct_url', 'self', 'file', 'schema', 'stores'];
/** glance's own properties that may be null, which is equivalent to being absent. */
const NULLABLE: ReadonlySet<string> = new Set(['kernel_id', 'ramdisk_id']);

/** Whether null means the absence of a property. */
export function isAbsentProperty(name: string, value: unknown): boolean {
  return value === null && NULLABLE.has(name);
}

/**
 * Reads the body of `POST /v2/images`: a name that is no field of an image is a property (glance.api.v2.images
 * RequestDeserializer.create). Throws Fault 400 and 403.
 */
export function readImageBody(body: unknown): ImageCreateArgs {
  if (body === undefined) throw badRequest('Body expected in request.');
  if (!isRecord(body)) throw badRequest('Malformed JSON in request body.');
  const shown = SHOWN.find((name) => Object.hasOwn(body, name));
  if (shown !== undefined) throw forbidden(`Attribute '${shown}' is read-only.`);
  const image: Record<string, unknown> = {};
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (isAbsentProperty(name, value)) continue;
    const reason = name === 'locations' ? undefined : refuseImageValue(name, value);
    if (reason !== undefined) throw badRequest(reason);
    const field = imageFieldsByName.get(name);
    if (field !== undefined) image[name] = value;
    else if (typeof value === 'string') properties[name] = value;
  }
  for (const name of Object.keys(body)) {
    if (name.length > 255) throw badRequest('Custom property should not be greater than 255 characters.');
    if (isReservedProperty(name)) throw forbidden(`Attribute '${name}' is reserved.`);
    if (imageFieldsByName.get(name)?.post === undefined && imageFieldsByName.has(name)) {
      throw forbidden(`Attribute '${name}' is read-only.`);
    }
  }
  return { image, properties };
}
