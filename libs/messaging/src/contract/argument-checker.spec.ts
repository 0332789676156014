import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  validateSync,
} from 'class-validator';
import { NestedArgs } from '../../test/stars-contract.js';
import { argumentChecker } from './argument-checker.js';
import { compileChecks } from './compiled-checks.js';

class Base {
  @IsUUID()
  id!: string;
}

class Everything extends Base {
  @IsString()
  @MaxLength(5)
  @Matches(/^[a-z]*$/)
  name!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9)
  count?: number;

  @IsArray()
  @ArrayMaxSize(2)
  @IsString({ each: true })
  tags!: string[];

  @IsIn(['a', 'b'])
  kind!: string;

  @ValidateIf((object: Everything) => object.kind === 'a')
  @IsBoolean()
  flag?: boolean;
}

const values: unknown[] = [
  undefined,
  null,
  '',
  'abc',
  'ABCDEFG',
  0,
  5,
  10,
  1.5,
  true,
  [],
  ['x'],
  ['x', 1],
  {},
  'a',
  'b',
];
const uuid = '0e5db0e6-8ccd-4c67-9d8b-0d8ac736e7ff';

describe('argumentChecker', () => {
  it('compiles declarations to the same verdict as class-validator', () => {
    const accepts = compileChecks(Everything);
    assert.ok(accepts !== null);
    let seed = 7;
    const pick = (): unknown => values[(seed = (seed * 1103515245 + 12345) % 2 ** 31) % values.length];
    let valid = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const good = { id: uuid, name: 'abc', tags: ['x'], kind: 'b' };
      const changed = Object.keys({ ...good, count: 0, flag: 0, extra: 0 })[round % 7] ?? '';
      const args = { ...good, ...(round % 3 === 0 ? { count: pick() } : {}), [changed]: pick() };
      const instance = Object.assign(new Everything(), args);
      const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
      assert.equal(accepts(instance), errors.length === 0, JSON.stringify(args));
      if (errors.length === 0) valid += 1;
    }
    assert.ok(valid > 500, `${valid} were valid`);
  });

  it('leaves nested classes to class-validator', () => {
    assert.equal(compileChecks(NestedArgs), null);
    const check = argumentChecker('m', NestedArgs);
    assert.throws(() => check({ inner: { size: 'x' } }), /argument "inner.size"/);
    assert.throws(() => check({ inner: 7 }), /argument "inner"/);
    assert.ok(check({ inner: { size: 1 } }));
  });

  it('is not deceived by the names of prototypes', () => {
    const check = argumentChecker('m', Everything);
    const args = JSON.parse(`{"id": "${uuid}", "name": "abc", "tags": [], "kind": "b", "__proto__": {"x": 1}}`);
    assert.throws(() => check(args), /__proto__/);
    assert.throws(() => check({ constructor: 1, toString: 2 }), /InvalidArguments|argument/);
    assert.throws(() => argumentChecker('m', null)({ x: 1 }), /takes no arguments/);
  });
});
