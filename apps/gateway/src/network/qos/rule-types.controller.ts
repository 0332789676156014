import { Controller, Get, Param } from '@nestjs/common';
import { QosPolicy, declarationOf, declarationsOf, networkResources } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';

const policies = declarationOf(QosPolicy);

/** The kinds of rules that there are below policies. */
const types = declarationsOf(networkResources)
  .filter(({ parent }) => parent?.declaration === policies)
  .map(({ singular }) => singular.replace(/_rule$/, ''))
  .toSorted();

/**
 * `/v2.0/qos/rule-types`: what kinds of rules a QoS policy can have. No driver enforces them, so none is listed as a
 * driver's; `all_rules` and `all_supported` choose the same ones.
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
  show(@Param('type') type: string): object {
    if (!types.includes(type)) {
      throw new Fault(404, `Rule type ${JSON.stringify(type.slice(0, 64))} could not be found.`, {
        code: 'QosRuleTypeNotFound',
      });
    }
    return { rule_type: { type, drivers: [] } };
  }
}
