import { isUtf8 } from 'node:buffer';
import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  EC2_VERSIONS,
  OPENSTACK_VERSIONS,
  ec2Tree,
  metaData,
  networkData,
  nodeAt,
  openstackFiles,
  printNode,
  sinceOf,
  userData,
} from '#libs/metadata';
import { MAX_PASSWORD } from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { Open } from '../edge/access/access.decorators.js';
import { addRouteConfig } from '../edge/access/route-config.js';
import { Fault } from '../edge/errors/fault.js';
import { pathOf } from '../edge/listener/request-target.js';
import { InstanceLookup } from './instance-lookup.js';

/** A response: text, or bytes, or an object that is written as JSON. */
type Content = string | Buffer | Record<string, unknown>;

const TakesBytes = (): MethodDecorator => addRouteConfig({ takesBytes: true });

const notFound = (): Fault => new Fault(404, 'The resource could not be found.', { code: 'NotFound' });

/** The metadata of the requesting server: nova's tree under `/openstack`, EC2's under everything else. */
@Controller()
export class MetadataController {
  constructor(
    private readonly lookup: InstanceLookup,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get(['/', '*'])
  @Open()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = pathOf(request)
      .split('/')
      .filter((name) => name !== '');
    const content =
      path[0] === 'openstack' ? await this.#openstack(request, path.slice(1)) : await this.#ec2(request, path);
    if (content === undefined) throw notFound();
    const isJson = typeof content === 'object' && !Buffer.isBuffer(content);
    const type = Buffer.isBuffer(content) ? 'application/octet-stream' : 'text/plain; charset=UTF-8';
    void reply.header('content-type', isJson ? 'application/json' : type);
    await reply.send(isJson ? JSON.stringify(content) : content);
  }

  /**
   * The guest's password, encrypted with its key: the guest stores it once, and a user reads it through the Compute
   * API.
   */
  @Post('openstack/:version/password')
  @Open()
  @TakesBytes()
  @HttpCode(200)
  async leavePassword(@Req() request: FastifyRequest, @Param('version') version: string): Promise<void> {
    if (sinceOf(version)?.('2013-04-04') !== true) throw notFound();
    const body: unknown = request.body;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    if (bytes.length > MAX_PASSWORD) throw new Fault(400, 'Request is too large.', { code: 'InvalidInput' });
    if (!isUtf8(bytes) || bytes.includes(0)) throw new Fault(400, 'The password is no text.', { code: 'InvalidInput' });
    await this.lookup.leavePassword(request, bytes.toString('utf8'));
  }

  async #ec2(request: FastifyRequest, segments: readonly string[]): Promise<Content | undefined> {
    const path = segments[0] === 'ec2' ? segments.slice(1) : segments;
    const [version, ...rest] = path;
    if (version === undefined) return [...EC2_VERSIONS, 'latest'].join('\n');
    const data = await this.lookup.find(request);
    const tree = ec2Tree(data, version, this.api.dhcpDomain);
    if (tree === undefined) return undefined;
    const user = userData(data);
    if (rest[0] === 'user-data') return rest.length === 1 ? user : undefined;
    const root = user === undefined ? tree : { ...tree, 'user-data': '' };
    const node = nodeAt(root, rest);
    return node === undefined ? undefined : printNode(node);
  }

  async #openstack(request: FastifyRequest, [version, ...rest]: readonly string[]): Promise<Content | undefined> {
    if (version === undefined) {
      const today = new Date().toISOString().slice(0, 10);
      return [...OPENSTACK_VERSIONS.filter((date) => date <= today), 'latest'].join('\n');
    }
    const data = await this.lookup.find(request);
    const since = sinceOf(version);
    if (since === undefined) return undefined;
    const user = userData(data);
    const files = openstackFiles(since, user !== undefined);
    const [file, ...more] = rest;
    if (file === undefined) return files.join('\n');
    if (more.length > 0 || !files.includes(file)) return undefined;
    switch (file) {
      case 'meta_data.json':
        return metaData(data, since, this.api.dhcpDomain);
      case 'user_data':
        return user;
      case 'password':
        return data.password ?? '';
      case 'network_data.json':
        return networkData(data);
      case 'vendor_data2.json':
        return { static: {} };
      default:
        return {};
    }
  }
}
