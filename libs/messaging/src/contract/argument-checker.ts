import { validateSync } from 'class-validator';
import type { ValidationError, ValidatorOptions } from 'class-validator';
import type { ArgumentsClass } from './contract.js';
import { InheritedNameError, readInstance } from './declared-instance.js';
import { compileChecks } from './compiled-checks.js';
import { DispatchError } from '../wire/failure.js';
import type { JsonObject } from '../wire/json.js';

export type ArgumentChecker = (args: JsonObject) => object | null;

const options: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

/**
 * Checks the arguments of one method; compiled at its first call. Throws InvalidArguments naming the field; an argument
 * that the contract does not declare is refused, none is dropped silently.
 */
export function argumentChecker(method: string, type: ArgumentsClass<object> | null): ArgumentChecker {
  if (type === null) {
    return (args) => {
      const [unknown] = Object.keys(args);
      if (unknown !== undefined) throw invalid(method, unknown, `${method}() takes no arguments`);
      return null;
    };
  }
  let accepts: ReturnType<typeof compileChecks> | undefined;
  return (args) => {
    const instance = instanceOf(type, method, args);
    // Most of the several hundred methods are never called in a small cloud.
    if (accepts === undefined) accepts = compileChecks(type);
    if (accepts !== null && accepts(instance)) return instance;
    const [first] = validateSync(instance, options);
    if (first !== undefined) throw describe(method, first);
    return instance;
  };
}

function instanceOf(type: ArgumentsClass<object>, method: string, args: JsonObject): object {
  try {
    return readInstance(type, args);
  } catch (error) {
    if (error instanceof InheritedNameError)
      throw invalid(method, error.path, `property ${error.key} should not exist`);
    throw error;
  }
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
