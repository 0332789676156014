import {
  ArrayMinSize,
  IsArray,
  IsObject,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IsHostname, Optional, rule } from '#libs/contracts';
import { Nested } from '#libs/messaging';

/** Keys of 1 to 255 characters; a null removes one. */
const IsAggregateMetadata = (): PropertyDecorator =>
  rule(
    'isAggregateMetadata',
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(
        ([key, text]) =>
          /^[a-zA-Z0-9-_:. ]{1,255}$/.test(key) && (text === null || (typeof text === 'string' && text.length <= 255)),
      ),
    'metadata: keys have 1 to 255 letters, digits or any of "-_:. ", values are texts of at most 255 characters or null',
    {
      schema: {
        type: 'object',
        propertyNames: { pattern: '^[a-zA-Z0-9-_:. ]{1,255}$' },
        additionalProperties: { type: ['string', 'null'], maxLength: 255 },
      },
    },
  );

export class AggregateHost {
  @IsString() @MinLength(1) @MaxLength(255) @IsHostname() host!: string;
}

export class AggregateHostBody {
  @Optional() @IsObject() @ValidateNested() @Nested(() => AggregateHost) add_host?: AggregateHost;
  @Optional() @IsObject() @ValidateNested() @Nested(() => AggregateHost) remove_host?: AggregateHost;
}

export class AggregateMetadata {
  @IsAggregateMetadata() metadata!: Record<string, string | null>;
}

export class AggregateMetadataBody {
  @IsObject() @ValidateNested() @Nested(() => AggregateMetadata) set_metadata!: AggregateMetadata;
}

export class AggregateImage {
  @IsUUID('loose') id!: string;
}

export class AggregateImagesBody {
  @IsArray() @ArrayMinSize(1) @ValidateNested({ each: true }) @Nested(() => AggregateImage) cache!: AggregateImage[];
}
