import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { QosPolicy, declarationOf, declarationsOf, networkResources } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';

const policies = declarationOf(QosPolicy);

/** The kinds of rules below policies. */
const types = declarationsOf(networkResources)
  .filter(({ parent }) => parent?.declaration === policies)
  .map(({ singular }) => singular.replace(/_rule$/, ''))
  .toSorted();

/**
 * `/v2.0/qos/rule-types`: the kinds of rules that a QoS policy can have. No driver enforces them, so none is listed as
 * a driver's; `all_rules` and `all_supported` select the same ones.
 */
@Controller('v2.0/qos/rule-types')
export class RuleTypesController {
  @Get()
  @Authorize('get_rule_type')
  list(): object {
    return { rule_types: types.map((type) => ({ type })) };
  }

  @Get(':type')
  @Authorize('get_rule_type')
  show(@Req() request: FastifyRequest, @Param('type') type: string): object {
    // Only administrators may see the drivers (neutron.services.qos.qos_plugin).
    if (!contextOf(request).is_admin) throw new Fault(403, 'Not authorized.', { code: 'NotAuthorized' });
    if (!types.includes(type)) {
      throw new Fault(404, `Rule type ${JSON.stringify(type.slice(0, 64))} could not be found.`, {
        code: 'QosRuleTypeNotFound',
      });
    }
    return { rule_type: { type, drivers: [] } };
  }
}
