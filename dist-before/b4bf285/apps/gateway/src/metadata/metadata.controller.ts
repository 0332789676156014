import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Edge } from '../edge/edge.js';
import { Fault } from '../edge/errors/fault.js';
import { nodeAt, printNode } from './directory.js';
import { EC2_VERSIONS, ec2Tree, userData } from './ec2-tree.js';
import { InstanceLookup } from './instance-lookup.js';
import { OPENSTACK_VERSIONS, metaData, networkData, openstackFiles, sinceOf } from './openstack-tree.js';

/** An answer: text, or bytes, or an object that is written as JSON. */
type Content = string | Buffer | Record<string, unknown>;

const notFound = (): Fault => new Fault(404, 'The resource could not be found.', { code: 'NotFound' });

/** The metadata of the server that asks: nova's tree under `/openstack`, EC2's under everything else. */
@Controller()
export class MetadataController {
  readonly #edge: Edge;
  readonly #lookup: InstanceLookup;

  constructor(edge: Edge, lookup: InstanceLookup) {
    this.#edge = edge;
    this.#lookup = lookup;
  }

  @Get(['/', '*'])
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = (request.url.split('?', 1)[0] ?? '/').split('/').filter((name) => name !== '');
    const content =
      path[0] === 'openstack' ? await this.#openstack(request, path.slice(1)) : await this.#ec2(request, path);
    if (content === undefined) throw notFound();
    const isJson = typeof content === 'object' && !Buffer.isBuffer(content);
    const type = Buffer.isBuffer(content) ? 'application/octet-stream' : 'text/plain; charset=UTF-8';
    void reply.header('content-type', isJson ? 'application/json' : type);
    await reply.send(isJson ? JSON.stringify(content) : content);
  }

  async #ec2(request: FastifyRequest, segments: readonly string[]): Promise<Content | undefined> {
    const path = segments[0] === 'ec2' ? segments.slice(1) : segments;
    const [version, ...rest] = path;
    if (version === undefined) return [...EC2_VERSIONS, 'latest'].join('\n');
    const data = await this.#lookup.find(request);
    const tree = ec2Tree(data, version, this.#edge.settings.dhcpDomain);
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
    const data = await this.#lookup.find(request);
    const since = sinceOf(version);
    if (since === undefined) return undefined;
    const user = userData(data);
    const files = openstackFiles(since, user !== undefined);
    const [file, ...more] = rest;
    if (file === undefined) return files.join('\n');
    if (more.length > 0 || !files.includes(file)) return undefined;
    switch (file) {
      case 'meta_data.json':
        return metaData(data, since, this.#edge.settings.dhcpDomain);
      case 'user_data':
        return user;
      case 'network_data.json':
        return networkData(data);
      case 'vendor_data2.json':
        return { static: {} };
      default:
        return {};
    }
  }
}
