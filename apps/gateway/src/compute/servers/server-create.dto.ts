import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIP,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
  isUUID,
} from 'class-validator';
import {
  BooleanText,
  InVersions,
  IsDescription,
  IsHostname,
  IsMetadata,
  IsName,
  IsServerHostname,
  IsTag,
  IsTrustedCertificates,
  IsUserData,
  MAX_TAGS,
  NumberText,
  Optional,
  PersonalityFile,
  rule,
} from '#libs/contracts';
import type { SchedulerHints } from '#libs/contracts';
import { Nested, ReadAs } from '#libs/messaging';
import { hasExactIntegers } from '../../edge/body-parser.js';
import { BlockDevice, LegacyBlockDevice } from './block-device.dto.js';
import { isIP } from 'node:net';

const isId = (value: unknown): boolean => typeof value === 'string' && isUUID(value, 'loose');
const listOf = (test: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(test);
const either =
  (...tests: readonly ((value: unknown) => boolean)[]) =>
  (value: unknown): boolean =>
    tests.some((test) => test(value));
const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Hints of the filters, and their forms; any other hint is stored unchanged
 * (nova.api.openstack.compute.schemas.servers).
 */
const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  group: either(isId, listOf(isId)),
  different_host: either(isId, listOf(isId)),
  same_host: either(isText, listOf(isId)),
  query: either(isText, isObject),
  target_cell: (value) => typeof value === 'string' && value.length >= 1 && value.length <= 255,
  different_cell: either(isText, listOf(isText)),
  build_near_host_ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  cidr: (value) => typeof value === 'string' && /^\/[0-9a-f.:]+$/.test(value),
};

const idSchema = { type: 'string', format: 'uuid' };
const idsSchema = { anyOf: [idSchema, { type: 'array', items: idSchema }] };
const HINTS_SCHEMA = {
  type: 'object',
  properties: {
    group: idsSchema,
    different_host: idsSchema,
    same_host: { anyOf: [{ type: 'string' }, { type: 'array', items: idSchema }] },
    query: { type: ['string', 'object'] },
    target_cell: { type: 'string', minLength: 1, maxLength: 255 },
    different_cell: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    build_near_host_ip: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
    cidr: { type: 'string', pattern: '^/[0-9a-f.:]+$' },
  },
};

/** Maximum bytes of all hints of a server, as JSON: they are stored, and shown with it. */
const MAX_HINTS = 65_535;

/** `os:scheduler_hints` of a create. */
const IsSchedulerHints = (): PropertyDecorator =>
  rule(
    'isSchedulerHints',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      hasExactIntegers(value) &&
      Buffer.byteLength(JSON.stringify(value)) <= MAX_HINTS &&
      Object.entries(value).every(([name, hint]) => !Object.hasOwn(FORMS, name) || FORMS[name]?.(hint) === true),
    'the value is not an object of scheduler hints: group, different_host and same_host are ids of servers or groups, ' +
      'build_near_host_ip is an address, cidr begins with a slash',
    { schema: HINTS_SCHEMA },
  );

export class NetworkChoice {
  @Optional() @IsUUID('loose') uuid?: string;
  @IsOptional() @IsUUID('loose') port?: string | null;
  @Optional() @IsIP() fixed_ip?: string;
  /** nova removed it by mistake in 2.37, and has it again since 2.42. */
  @InVersions(32, 36) @InVersions(42) @Optional() @IsString() @MinLength(1) @MaxLength(60) tag?: string;
}

export class SecurityGroupChoice {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
}

export class ServerCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @ReadAs((value) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  flavorRef!: string;
  @Optional() @ValidateIf((_body, value) => value !== '') @IsUUID('loose') imageRef?: string;
  /** A list, or since 2.37 (where it is required) `auto` or `none`. */
  @Nested(() => NetworkChoice)
  @Optional()
  @ValidateIf((_body, value) => typeof value !== 'string')
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  networks?: NetworkChoice[] | 'auto' | 'none';
  @IsOptional() @IsString() @MinLength(1) @MaxLength(255) @IsName() key_name?: string | null;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
  @Optional()
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Nested(() => SecurityGroupChoice)
  security_groups?: SecurityGroupChoice[];
  @Optional() @IsUserData() user_data?: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsName() availability_zone?: string;
  @BooleanText() @Optional() @IsBoolean() config_drive?: boolean;
  @NumberText() @Optional() @IsInt() @Min(1) min_count?: number;
  @NumberText() @Optional() @IsInt() @Min(1) max_count?: number;
  @BooleanText() @Optional() @IsBoolean() return_reservation_id?: boolean;
  @Optional() @IsIP(4) accessIPv4?: string;
  @Optional() @IsIP(6) accessIPv6?: string;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: string;
  @Optional()
  @IsArray()
  @ArrayMaxSize(255)
  @ValidateNested({ each: true })
  @Nested(() => BlockDevice)
  block_device_mapping_v2?: BlockDevice[];
  @Optional()
  @IsArray()
  @ArrayMaxSize(255)
  @ValidateNested({ each: true })
  @Nested(() => LegacyBlockDevice)
  block_device_mapping?: LegacyBlockDevice[];
  @Optional() @IsString() adminPass?: string;
  @InVersions(1, 56)
  @Optional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => PersonalityFile)
  personality?: PersonalityFile[];
  @InVersions(19) @IsOptional() @IsDescription() description?: string | null;
  @InVersions(52) @Optional() @IsArray() @ArrayMaxSize(MAX_TAGS) @IsTag({ each: true }) tags?: string[];
  @InVersions(63) @IsOptional() @IsTrustedCertificates() trusted_image_certificates?: string[] | null;
  @InVersions(74) @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsHostname() host?: string;
  @InVersions(74) @Optional() @IsString() @MinLength(1) @MaxLength(255) @IsHostname() hypervisor_hostname?: string;
  @InVersions(90) @Optional() @IsServerHostname() hostname?: string;
}

/** `POST /servers`. */
export class ServerCreateBody {
  @IsObject() @ValidateNested() @Nested(() => ServerCreate) server!: ServerCreate;
  @Optional() @IsSchedulerHints() 'os:scheduler_hints'?: SchedulerHints;
  @Optional() @IsSchedulerHints() 'OS-SCH-HNT:scheduler_hints'?: SchedulerHints;
}
