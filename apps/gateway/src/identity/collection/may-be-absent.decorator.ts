import { ValidateIf } from 'class-validator';

/** A field that may be left out, but is not null; class-validator's `IsOptional` takes both. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_holder, value) => value !== undefined);
}
