import { Controller, Get, Query } from '@nestjs/common';
import { Authorize } from '../../edge/access/access.decorators.js';

interface ServiceProvider {
  readonly service_type: string;
  readonly name: string;
  readonly default: boolean;
}

/** Of neutron's providers of routers (neutron.services.l3_router.service_providers) the kind that routers here are. */
const providers: readonly ServiceProvider[] = [{ service_type: 'L3_ROUTER_NAT', name: 'single_node', default: true }];

/** `/v2.0/service-providers`: what realises a service, for flavors of it. */
@Controller('v2.0/service-providers')
export class ServiceProvidersController {
  @Get()
  @Authorize('get_service_provider')
  list(@Query() query: Readonly<Record<string, string | readonly string[]>>): object {
    const wanted = (name: keyof ServiceProvider, value: string | boolean): boolean => {
      const asked = query[name];
      return asked === undefined || [asked].flat().some((one) => one.toLowerCase() === String(value).toLowerCase());
    };
    const found = providers.filter(
      (one) => wanted('service_type', one.service_type) && wanted('name', one.name) && wanted('default', one.default),
    );
    return { service_providers: found };
  }
}
