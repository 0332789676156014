import type { FastifyRequest } from 'fastify';
import { AccessRule, ApplicationCredential, declarationOf } from '#libs/contracts';
import type { InputOf } from '#libs/contracts';
import { directoryController } from '../resource/directory.controller.js';

/** `/users/{id}/access_rules`: which requests a user's programs may make. */
export class AccessRulesController extends directoryController(declarationOf(AccessRule)) {}

/** `/users/{id}/application_credentials`: what a user lets its programs log in with. */
export class ApplicationCredentialsController extends directoryController(declarationOf(ApplicationCredential)) {
  /** The project is the token's. */
  protected override createArgs(_request: FastifyRequest, input: InputOf<ApplicationCredential>): object {
    const { project_id: _project, system: _system, ...args } = input;
    return args;
  }
}
