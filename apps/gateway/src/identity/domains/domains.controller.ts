import { Controller } from '@nestjs/common';
import { Domain, declarationOf } from '#libs/contracts';
import { directoryController } from '../resource/directory.controller.js';

/** `/domains`. */
@Controller('v3/domains')
export class DomainsController extends directoryController(declarationOf(Domain)) {}
