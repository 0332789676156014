import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImageMember, ImageMembers, isRecord } from '#libs/contracts';
import type { ImageMemberData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest, memberNotFound } from '../errors/glance-faults.js';
import { imageIdOf } from '../images/image-id.js';
import { wholeSeconds } from '../images/images.view.js';

const LONGEST_ID = 255;

/** `/v2/images/{id}/members`: the projects with which an image is shared. */
@Controller('v2/images/:id/members')
export class MembersController {
  constructor(@Inject(ImageClient) private readonly images: ImageClient) {}

  @Get()
  @AuthorizeObject('get_members')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const found = await this.images.call(request, 'image_member_list', { id: imageIdOf(id) });
    return { members: ImageMembers.unwrap(found).members.map(memberView), schema: '/v2/schemas/members' };
  }

  @Post()
  @HttpCode(200)
  @AuthorizeObject('add_member')
  async create(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const member = textIn(request.body, 'member', 'Member to be added not specified', '{"member": "image_id"}');
    if (member === '') throw badRequest("Member can't be empty");
    if (member.length > LONGEST_ID) throw badRequest('Member is too long');
    const args = { id: imageIdOf(id), member_id: member };
    return memberView(ImageMember.unwrap(await this.images.call(request, 'image_member_create', args)));
  }

  @Get(':member')
  @AuthorizeObject('get_member')
  async show(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('member') member: string,
  ): Promise<object> {
    const args = memberOf(id, member);
    return memberView(ImageMember.unwrap(await this.images.call(request, 'image_member_get', args)));
  }

  @Put(':member')
  @AuthorizeObject('modify_member')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('member') member: string,
  ): Promise<object> {
    const status = textIn(request.body, 'status', 'Status not specified', '{"status": "status"}').slice(0, LONGEST_ID);
    const args = { ...memberOf(id, member), status };
    return memberView(ImageMember.unwrap(await this.images.call(request, 'image_member_update', args)));
  }

  @Delete(':member')
  @HttpCode(204)
  @AuthorizeObject('delete_member')
  async remove(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('member') member: string,
  ): Promise<void> {
    await this.images.call(request, 'image_member_delete', memberOf(id, member));
  }
}

function memberOf(id: string, member: string): { readonly id: string; readonly member_id: string } {
  if (member.length > LONGEST_ID || member.includes('\0')) throw memberNotFound(id, member);
  return { id: imageIdOf(id), member_id: member };
}

/** The only text of a small body, with glance's message if it is missing. */
function textIn(body: unknown, name: string, missing: string, form: string): string {
  if (body === undefined) throw badRequest('Body expected in request.');
  if (!isRecord(body)) throw badRequest(`Expected a ${name} in the form: ${form}`);
  const value = body[name];
  if (value === undefined) throw badRequest(missing);
  if (typeof value !== 'string' || value.includes('\0')) {
    throw badRequest(`Expected a ${name} in the form: ${form}`);
  }
  return value;
}

function memberView(member: ImageMemberData): object {
  return {
    member_id: member.member_id,
    image_id: member.image_id,
    status: member.status,
    created_at: wholeSeconds(member.created_at),
    updated_at: wholeSeconds(member.updated_at),
    schema: '/v2/schemas/member',
  };
}
