import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Controller, Inject } from '@nestjs/common';
import { ApiOptions, ImageOptions, TokenOptions } from '#libs/options';
import { injectedOptions } from './api.module.js';

@Controller()
class Named {
  constructor(
    @Inject(TokenOptions) readonly tokens: object,
    @Inject('other') readonly other: string,
  ) {}
}

@Controller()
class Typed {
  constructor(
    readonly api: ApiOptions,
    readonly image: ImageOptions,
  ) {}
}

@Controller()
class Derived extends Typed {}

describe('options of controllers', () => {
  it('can be injected wherever a constructor names their class', () => {
    assert.deepEqual(injectedOptions([Named, Derived, Typed, { provide: 'other' }]), [
      TokenOptions,
      ApiOptions,
      ImageOptions,
    ]);
  });
});
