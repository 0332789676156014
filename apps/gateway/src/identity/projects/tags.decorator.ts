import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayUnique, IsArray, IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** A list of tags as the API-WG's guideline has them: at most 80, each of 1 to 255 characters without `,` and `/`. */
export function IsTags(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(80),
    ArrayUnique({ message: 'it has non-unique elements' }),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(255, { each: true }),
    Matches(/^[^,/]*$/, { each: true, message: 'a tag has neither "," nor "/"' }),
  );
}
