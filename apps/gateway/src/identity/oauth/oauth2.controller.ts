import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdentityOptions } from '#libs/options';
import { Open } from '../../edge/access/access.decorators.js';
import { addRouteConfig } from '../../edge/access/route-config.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { Authenticator } from '../auth/authenticator.js';

/** The route's body is a form. */
const TakesForm = (): MethodDecorator => addRouteConfig({ takesForm: true });

/** RFC 6749, 5.2. */
type ErrorCode = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'other_error';

interface Client {
  readonly id: string;
  readonly secret: string;
}

/** `/v3/OS-OAUTH2/token`: client credentials (RFC 6749, 4.4) are those of an application credential. */
@Controller('v3/OS-OAUTH2')
export class OAuth2Controller {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(IdentityOptions) private readonly options: IdentityOptions,
  ) {}

  @Post('token')
  @Open()
  @TakesForm()
  @HttpCode(200)
  async token(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const form = body instanceof URLSearchParams ? body : new URLSearchParams();
    const grant = form.get('grant_type');
    if (grant === null) throw refused(request, 400, 'invalid_request', 'The parameter grant_type is required.');
    if (grant !== 'client_credentials') {
      const text = `The parameter grant_type ${grant.slice(0, 64)} is not supported.`;
      throw refused(request, 400, 'unsupported_grant_type', text);
    }
    const { id, secret } = clientOf(request, form);
    if (id === '' || secret === '' || `${id}${secret}`.includes('\0')) throw clientRefused(request);
    const credential = { id: id.slice(0, 255), secret };
    if (id.length > 255 || secret.length > 4096) throw clientRefused(request);
    try {
      const asked = { methods: ['application_credential'], credential, scope: { kind: 'default' } } as const;
      const { token } = await this.authenticator.logIn(request, asked);
      return { access_token: token, token_type: 'Bearer', expires_in: this.options.tokenExpiration };
    } catch (error) {
      if (error instanceof Fault && error.status === 401) throw clientRefused(request);
      throw error;
    }
  }
}

/** By HTTP Basic authentication, or in the form. */
function clientOf({ headers: { authorization = '' } }: FastifyRequest, form: URLSearchParams): Client {
  const basic = /^Basic\s+([\w+/=-]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at === -1 ? { id: '', secret: '' } : { id: text.slice(0, at), secret: text.slice(at + 1) };
}

function clientRefused(request: FastifyRequest): Fault {
  return refused(request, 401, 'invalid_client', 'Client authentication failed.');
}

function refused(request: FastifyRequest, status: number, error: ErrorCode, text: string): Fault {
  const headers: Record<string, string> =
    status === 401 ? { 'www-authenticate': `Keystone uri="${baseUrl(request)}/v3"` } : {};
  return new Fault(status, text, { code: error, headers, facts: { body: { error, error_description: text } } });
}
