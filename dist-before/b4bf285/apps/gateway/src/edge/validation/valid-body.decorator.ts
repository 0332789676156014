import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Fault } from '../errors/fault.js';
import { firstInvalid, unknownField } from './constraint-words.js';
import { InvalidBody } from './invalid-body.js';
import { fieldOutsideVersion } from './version-bounds.js';

type BodyClass<B extends object> = new () => B;

/**
 * Checks a parsed body against a class with class-validator's decorators: unknown keys are refused, and so are keys of
 * other microversions. Throws InvalidBody (400), which names the field.
 */
export function validateBody<B extends object>(bodyClass: BodyClass<B>, body: unknown, microversion?: number): B {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
  }
  const instance = plainToInstance(bodyClass, body);
  if (microversion !== undefined) {
    const foreign = fieldOutsideVersion(instance, microversion);
    if (foreign !== undefined) throw new InvalidBody(unknownField(foreign.holder, foreign.holderValue, foreign.name));
  }
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
  if (errors.length > 0) throw new InvalidBody(firstInvalid(errors));
  return instance;
}

/** A controller's parameter: the request's body, valid: `create(@ValidBody(ServerCreateBody) body: ServerCreateBody)`. */
export const ValidBody = createParamDecorator((bodyClass: BodyClass<object>, context: ExecutionContext): object => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return validateBody(bodyClass, request.body, request.edge.microversion);
});
