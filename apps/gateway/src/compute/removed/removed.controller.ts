import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';

/** webob's text of HTTPGone. */
export const GONE = 'This resource is no longer available.  No forwarding address is given.';

const gone = (): Fault => new Fault(410, GONE, { code: 'Gone' });

/**
 * Resources that nova has removed, and answers with 410 in every microversion, whatever the body. They have no rules
 * any more.
 */
@Controller('v2.1')
export class RemovedController {
  @Get([
    'os-agents',
    'os-cells',
    'os-cells/capacities',
    'os-cells/detail',
    'os-cells/info',
    'os-cells/:cell',
    'os-cells/:cell/capacities',
    'os-certificates/:certificate',
    'os-cloudpipe',
    'os-fixed-ips/:fixed',
    'os-floating-ip-dns',
    'os-floating-ip-dns/:domain/entries/:entry',
    'os-floating-ips-bulk',
    'os-floating-ips-bulk/:host',
    'os-fping',
    'os-fping/:server',
    'os-security-group-default-rules',
    'os-security-group-default-rules/:rule',
    'servers/:id/consoles',
    'servers/:id/consoles/:console',
    'servers/:id/os-virtual-interfaces',
  ])
  @AnyToken()
  read(): never {
    throw gone();
  }

  @Post([
    'os-agents',
    'os-cells',
    'os-cells/sync_instances',
    'os-certificates',
    'os-cloudpipe',
    'os-fixed-ips/:fixed/action',
    'os-floating-ips-bulk',
    'os-networks',
    'os-networks/add',
    'os-networks/:network/action',
    'os-security-group-default-rules',
    'os-tenant-networks',
    'servers/:id/consoles',
  ])
  @AnyToken()
  create(): never {
    throw gone();
  }

  @Put([
    'os-agents/:agent',
    'os-cells/:cell',
    'os-cloudpipe/:cloudpipe',
    'os-floating-ip-dns/:domain',
    'os-floating-ip-dns/:domain/entries/:entry',
    'os-floating-ips-bulk/:host',
  ])
  @AnyToken()
  change(): never {
    throw gone();
  }

  @Delete([
    'os-agents/:agent',
    'os-cells/:cell',
    'os-floating-ip-dns/:domain',
    'os-floating-ip-dns/:domain/entries/:entry',
    'os-networks/:network',
    'os-security-group-default-rules/:rule',
    'os-tenant-networks/:network',
    'servers/:id/consoles/:console',
  ])
  @AnyToken()
  remove(): never {
    throw gone();
  }
}
