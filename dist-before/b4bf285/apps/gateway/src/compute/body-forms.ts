import { Transform } from 'class-transformer';
import { ValidateIf, registerDecorator } from 'class-validator';
import { booleanOf } from '../edge/query/query.js';

/** A field that may be absent, but not null. */
export const Optional = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined);

/** nova takes whole numbers also as text. */
export function NumberText(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value,
  );
}

/** nova takes booleans also as text. */
export function BooleanText(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (booleanOf(value) ?? value) : value,
  );
}

function rule(name: string, test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return (prototype, property) => {
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName: String(property),
      options: { message },
      validator: { validate: (value: unknown) => test(value) },
    });
  };
}

/** Code points that no name may hold: control characters, unassigned separators, halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** nova's `name`: printable characters, no white space at either end. */
export const IsName = (): PropertyDecorator =>
  rule(
    'isName',
    (value) => typeof value === 'string' && !UNPRINTABLE.test(value) && value.trim() === value && value !== '',
    'An invalid name value was provided. The name must be printable characters. Can not start or end with whitespace.',
  );

/** A host name: letters, digits, hyphens, at most 63 characters; from 2.94 also a full name with dots. */
export const IsHostname = (): PropertyDecorator =>
  rule(
    'isHostname',
    (value) =>
      typeof value === 'string' && value.length <= 255 && /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(value),
    'the value is not a host name',
  );

/** Base64 as user_data is sent; at most 65535 characters. */
export const IsUserData = (): PropertyDecorator =>
  rule(
    'isUserData',
    (value) => typeof value === 'string' && value.length <= 65_535 && /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(value),
    "the value is not a 'base64' of at most 65535 characters",
  );

/** Keys of 1 to 255 characters of a narrow set, values of at most 255. */
export const IsMetadata = (): PropertyDecorator =>
  rule(
    'isMetadata',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(
        ([key, text]) => /^[a-zA-Z0-9-_:. ]{1,255}$/.test(key) && typeof text === 'string' && text.length <= 255,
      ),
    'metadata: keys have 1 to 255 letters, digits or any of "-_:. ", values are texts of at most 255 characters',
  );
