import { All, Controller, Get } from '@nestjs/common';
import { Open } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { forbidden } from '../errors/keystone-faults.js';

/** Routes where another identity provider's assertion would become a token, and where assertions are issued (SAML). */
export const FEDERATED_LOGINS = [
  'OS-FEDERATION/identity_providers/:parent_id/protocols/:id/auth',
  'auth/OS-FEDERATION/identity_providers/:parent_id/protocols/:id/websso',
  'auth/OS-FEDERATION/websso/:id',
  'auth/OS-FEDERATION/saml2',
  'auth/OS-FEDERATION/saml2/ecp',
  'OS-FEDERATION/saml2/metadata',
];

/** Authentication methods of keystone that are not supported: the error differs from that for an unknown path. */
@Controller('v3')
export class AbsentWaysController {
  @All(FEDERATED_LOGINS)
  @Open()
  federation(): never {
    throw new Fault(501, 'Federated authentication is not implemented: log in with a method of POST /v3/auth/tokens.', {
      code: 'NotImplemented',
    });
  }

  /** keystone's certificates were removed with its PKI tokens. */
  @Get(['OS-SIMPLE-CERT/ca', 'OS-SIMPLE-CERT/certificates'])
  @Open()
  certificates(): never {
    const text = 'This API is no longer available due to the removal of support for PKI tokens.';
    throw new Fault(410, text, { code: 'Gone' });
  }

  /** As in keystone: tokens are not stored, so there is no list. See `/v3/OS-REVOKE/events`. */
  @Get('auth/tokens/OS-PKI/revoked')
  @Open()
  revoked(): never {
    throw forbidden('None');
  }
}
