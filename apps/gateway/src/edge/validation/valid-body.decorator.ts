import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { brokenVersionRule, fieldOutsideVersion } from '#libs/contracts';
import { InheritedNameError, readInstance } from '#libs/messaging';
import { Fault } from '../errors/fault.js';
import { firstInvalid, missingField, unknownField } from './constraint-words.js';
import { InvalidBody } from './invalid-body.js';

type BodyClass<B extends object> = new () => B;

/**
 * Checks a parsed body against a class with class-validator's decorators: unknown keys and keys of other microversions
 * are refused; for `legacy` clients both are dropped, as in nova. Throws InvalidBody (400), which names the field.
 */
export function validateBody<B extends object>(
  bodyClass: BodyClass<B>,
  body: unknown,
  microversion?: number,
  { legacy = false }: { readonly legacy?: boolean } = {},
): B {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
  }
  const instance = instanceOf(bodyClass, body);
  if (microversion !== undefined) {
    for (let foreign; (foreign = fieldOutsideVersion(instance, microversion)) !== undefined;) {
      if (!legacy) throw new InvalidBody(unknownField(foreign.holder, foreign.holderValue, foreign.name));
      Reflect.deleteProperty(Object(foreign.holderValue), foreign.name);
    }
  }
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: !legacy, stopAtFirstError: true });
  if (errors.length > 0) throw new InvalidBody(firstInvalid(errors));
  if (microversion !== undefined) requireVersionRules(instance, microversion);
  return instance;
}

function requireVersionRules(instance: object, microversion: number): void {
  const broken = brokenVersionRule(instance, microversion);
  if (broken === undefined) return;
  const { holder, holderValue, name, words } = broken;
  const value: unknown = Reflect.get(holderValue, name);
  throw new InvalidBody(
    value === undefined || words === undefined
      ? missingField(holder, holderValue, name)
      : { field: name, value, reason: words },
  );
}

function instanceOf<B extends object>(bodyClass: BodyClass<B>, body: object): B {
  try {
    return readInstance(bodyClass, body);
  } catch (error) {
    if (error instanceof InheritedNameError) throw new InvalidBody(unknownField('', undefined, error.key));
    throw error;
  }
}

/** The value of `@ValidBody` for a request. */
export function readValidBody(bodyClass: BodyClass<object>, context: ExecutionContext): object {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return validateBody(bodyClass, request.body, request.edge.microversion, request.edge);
}

/**
 * A controller's parameter: the valid body of the request: `create(@ValidBody(ServerCreateBody) body:
 * ServerCreateBody)`.
 */
export const ValidBody = createParamDecorator(readValidBody);
