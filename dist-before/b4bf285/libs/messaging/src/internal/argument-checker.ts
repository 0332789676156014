import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import type { ValidationError, ValidatorOptions } from 'class-validator';
import type { ArgumentsClass } from '../contract.js';
import { compileChecks } from './compiled-checks.js';
import { DispatchError } from './failure.js';
import type { JsonObject } from './json.js';

export type ArgumentChecker = (args: JsonObject) => object | null;

const options: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/**
 * What checks the arguments of one method, made once. Throws InvalidArguments naming the field; an argument that the
 * contract does not name is refused, nothing is left out silently.
 */
export function argumentChecker(method: string, type: ArgumentsClass<object> | null): ArgumentChecker {
  if (type === null) {
    return (args) => {
      const [unknown] = Object.keys(args);
      if (unknown !== undefined) throw invalid(method, unknown, `${method}() takes no arguments`);
      return null;
    };
  }
  const nested = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', true, false)
    .some((entry) => entry.type === 'nestedValidation');
  const accepts = compileChecks(type);
  return (args) => {
    // class-transformer is needed only to build nested instances; it is a third of the whole cost.
    const instance = nested ? plainToInstance(type, args) : instanceOf(type, method, args);
    if (accepts !== null && accepts(instance)) return instance;
    const [first] = validateSync(instance, options);
    if (first !== undefined) throw describe(method, first);
    return instance;
  };
}

function instanceOf(type: ArgumentsClass<object>, method: string, args: JsonObject): object {
  if (Object.hasOwn(args, '__proto__')) throw invalid(method, '__proto__', 'property __proto__ should not exist');
  return Object.assign(new type(), args);
}

function describe(method: string, error: ValidationError): DispatchError {
  let path = error.property;
  let deepest = error;
  while (deepest.constraints === undefined && deepest.children?.[0] !== undefined) {
    deepest = deepest.children[0];
    path += `.${deepest.property}`;
  }
  return invalid(method, path, Object.values(deepest.constraints ?? {})[0] ?? 'is not valid');
}

function invalid(method: string, field: string, reason: string): DispatchError {
  return new DispatchError('InvalidArguments', `${method}: argument "${field}": ${reason}`);
}
