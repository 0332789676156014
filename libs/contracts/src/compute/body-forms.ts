import { ValidateIf, registerDecorator } from 'class-validator';
import { ReadAs } from '#libs/messaging';
import { RuleInVersions } from './version-bounds.js';
import type { JsonSchema } from '../resource/field-type.js';

const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** oslo.utils' bool_from_string, strict: undefined for any other text. */
export function booleanOf(text: string): boolean | undefined {
  const plain = text.trim().toLowerCase();
  if (TRUE.has(plain)) return true;
  return FALSE.has(plain) ? false : undefined;
}

/** A field that may be absent, but not null. */
export const Optional = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined);

/** nova also accepts integers as text; a text that is not an integer is returned unchanged. */
export function wholeOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
}

export const NumberText = (): PropertyDecorator => ReadAs(wholeOf);

/** nova also accepts booleans as text; a text that is not a boolean is returned unchanged. */
export function flagOf(value: unknown): unknown {
  return typeof value === 'string' ? (booleanOf(value) ?? value) : value;
}

export const BooleanText = (): PropertyDecorator => ReadAs(flagOf);

interface RuleOptions {
  /** Whether the rule applies to each member of a list. @default false */
  readonly each?: boolean;
  /** The schema of a valid value in documents. */
  readonly schema: JsonSchema;
}

/** Declares a rule of a field: its name, the condition for valid values, and the message for invalid ones. */
export function rule(
  name: string,
  test: (value: unknown) => boolean,
  message: string,
  { each = false, schema }: RuleOptions,
): PropertyDecorator {
  return (prototype, property) => {
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName: String(property),
      options: { message, each },
      constraints: [schema],
      validator: { validate: (value: unknown) => test(value) },
    });
  };
}

/** nova's printable characters: no control, format or private ones, no line separators, none beyond U+FFFE. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\uFFFF\u{10000}-\u{10FFFF}]/u;

export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/** nova's `name`: printable characters, no white space at either end. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && isPrintable(value) && value.trim() === value && value !== '';
}

export const NAME_RULE =
  "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.";

/** The same of nova's `name_with_leading_trailing_spaces`. */
export const LOOSE_NAME_RULE =
  "An invalid 'name' value was provided. " +
  'The name must be: printable characters with at least one non space character';

export const IsName = (): PropertyDecorator =>
  // What is no text, or empty, is refused by the rules beside it, in their words.
  rule('isName', (value) => typeof value !== 'string' || value === '' || isName(value), NAME_RULE, {
    schema: { type: 'string', pattern: String.raw`^\S` },
  });

/** nova's `description`: printable characters, at most 255. */
export const IsDescription = (): PropertyDecorator =>
  rule(
    'isDescription',
    (value) => typeof value === 'string' && value.length <= 255 && isPrintable(value),
    'the value is not a text of at most 255 printable characters',
    { schema: { type: 'string', maxLength: 255 } },
  );

/** nova's `fqdn`: the name of a host of the cloud, or since 2.94 of a server. */
export const IsHostname = (): PropertyDecorator =>
  rule(
    'isHostname',
    (value) => typeof value === 'string' && /^[a-zA-Z0-9-._]{1,255}$/.test(value),
    "the value does not match '^[a-zA-Z0-9-._]*$'",
    { schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-._]*$' } },
  );

/** The host name of a server: until 2.93 it has no domain. */
export const IsServerHostname = (): PropertyDecorator => (prototype, property) => {
  IsHostname()(prototype, property);
  const isLabel = (value: unknown): boolean => typeof value !== 'string' || HOST_LABEL.test(value);
  RuleInVersions(
    90,
    93,
    isLabel,
    "the value does not match '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$'",
  )(prototype, property);
};

const HOST_LABEL = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$/;

/** nova's limit of the tags of a server. */
export const MAX_TAGS = 50;

/** A tag: 1 to 60 characters, no comma or slash. */
export const isTag = (value: unknown): value is string => typeof value === 'string' && /^[^,/]{1,60}$/u.test(value);

const TAG_SCHEMA = { type: 'string', minLength: 1, maxLength: 60, pattern: '^[^,/]*$' };
export const IsTag = (options: { readonly each?: boolean } = {}): PropertyDecorator =>
  rule('isTag', isTag, 'a tag has 1 to 60 characters and neither comma nor slash', { ...options, schema: TAG_SCHEMA });

/** 1 to 50 different ids of certificates, or null. */
export const IsTrustedCertificates = (): PropertyDecorator =>
  rule(
    'isTrustedCertificates',
    (value) =>
      value === undefined ||
      value === null ||
      (Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= 50 &&
        new Set(value).size === value.length &&
        value.every((id) => typeof id === 'string' && id !== '' && id.length <= 255)),
    'the value is not a list of 1 to 50 different ids of certificates',
    {
      schema: {
        type: ['array', 'null'],
        minItems: 1,
        maxItems: 50,
        uniqueItems: true,
        items: { type: 'string', minLength: 1, maxLength: 255 },
      },
    },
  );

/**
 * Whether Python's base64 decodes it: characters that are not in its alphabet are skipped, and what is left is
 * padded.
 */
function isBase64(value: unknown): boolean {
  // nova fails with text beyond ASCII.
  if (typeof value !== 'string' || /[^\0-\x7F]/.test(value)) return false;
  const [data = ''] = /^[^=]*/.exec(value.replaceAll(/[^A-Za-z0-9+/=]/g, '')) ?? [];
  const padding = value.split('=').length - 1;
  const over = data.length % 4;
  return over === 0 || (over !== 1 && padding >= 4 - over);
}

/** Base64 in lines, of any length. */
export const IsBase64Text = (): PropertyDecorator =>
  rule('isBase64Text', isBase64, "the value is not a 'base64'", {
    schema: { type: 'string', contentEncoding: 'base64' },
  });

/** Base64 as user_data is sent; at most 65535 characters. */
export const IsUserData = (): PropertyDecorator =>
  rule(
    'isUserData',
    (value) => typeof value === 'string' && value.length <= 65_535 && isBase64(value),
    "the value is not a 'base64' of at most 65535 characters",
    { schema: { type: 'string', contentEncoding: 'base64', maxLength: 65_535 } },
  );

/** Keys of 1 to 255 characters of a small set, values of at most 255. */
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
    {
      schema: {
        type: 'object',
        propertyNames: { pattern: '^[a-zA-Z0-9-_:. ]{1,255}$' },
        additionalProperties: { type: 'string', maxLength: 255 },
      },
    },
  );
