import { Controller, Get, Inject, Param } from '@nestjs/common';
import { networkResources } from '#libs/contracts';
import { NetworkOptions } from '#libs/options';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { extensionsOf } from './extensions.js';
import type { ListedExtension } from './extensions.js';

const announced = extensionsOf(networkResources);
const unvalidated = announced.filter(({ alias }) => alias !== 'filter-validation');

/** `/v2.0/extensions`: clients read it before they use a feature. */
@Controller('v2.0/extensions')
export class ExtensionsController {
  constructor(@Inject(NetworkOptions) private readonly options: NetworkOptions) {}

  get #extensions(): readonly ListedExtension[] {
    return this.options.filterValidation ? announced : unvalidated;
  }

  @Get()
  @AnyToken()
  list(): object {
    return { extensions: this.#extensions };
  }

  @Get(':alias')
  @AnyToken()
  show(@Param('alias') alias: string): object {
    const extension = this.#extensions.find((one) => one.alias === alias);
    if (extension === undefined) {
      throw new Fault(404, 'Extension not found: the alias is not one that this API lists.', { code: 'HTTPNotFound' });
    }
    return { extension };
  }
}
