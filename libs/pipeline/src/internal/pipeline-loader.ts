import { dirname, resolve } from 'node:path';
import { findComposite, findFactory } from '../factories.js';
import type { Factories } from '../factories.js';
import type { Origin } from '../pipeline.errors.js';
import { PipelineError } from '../pipeline.errors.js';
import type { Component, Settings } from '../pipeline.js';
import { IniFile } from './ini-file.js';
import type { IniValue, Section } from './ini-file.js';
import type { PipelineNode } from './pipeline-node.js';
import { findSection, readSection, sectionPrefix, take } from './read-section.js';
import type { Kind } from './read-section.js';
import { parseMapPath } from './url-map.js';

const EXPLICIT: Readonly<Record<Kind, readonly string[]>> = {
  app: ['paste.app_factory', 'paste.composite_factory', 'paste.composit_factory'],
  filter: ['paste.filter_factory', 'paste.filter_app_factory'],
};

/** A request for an app or filter: the place for messages, the globals passed on, and the sections on the way. */
interface Request {
  readonly ini: IniFile;
  readonly origin: Origin;
  readonly globals: Settings;
  /** The part of the globals that the requesting section has set itself. */
  readonly additions: Settings;
  readonly path: readonly string[];
}

/** An object to be made by a factory, with its settings. */
interface Draft {
  readonly type: 'draft';
  readonly name: string;
  readonly reference: string;
  readonly local: Map<string, IniValue>;
  readonly request: Request;
  /** Filters that `filter-with` puts around it. */
  readonly outer: readonly Component[];
}

type Resolved = Draft | { readonly type: 'node'; readonly node: PipelineNode };

/** Builds the tree of an app, as paste.deploy.loadwsgi does. */
export class PipelineLoader {
  constructor(
    private readonly factories: Factories,
    /** Keys of a pipeline chosen by auth_strategy, in order of preference. */
    private readonly strategies: readonly string[],
  ) {}

  load(ini: IniFile, name: string): PipelineNode {
    return this.#app(name, { ini, origin: { file: ini.file, line: 1 }, globals: {}, additions: {}, path: [] });
  }

  #app(name: string, request: Request): PipelineNode {
    const found = this.#resolve('app', name, request);
    if (found.type === 'node') return found.node;
    return filtered(found.outer, this.#makeApp(found));
  }

  #filters(name: string, request: Request): readonly Component[] {
    const found = this.#resolve('filter', name, request);
    return found.type === 'node' ? [] : [...found.outer, this.#makeComponent('filter', found)];
  }

  #resolve(kind: Kind, name: string, request: Request): Resolved {
    const scheme = /^([a-zA-Z]+):/.exec(name)?.[1];
    if (scheme === undefined) return this.#resolveSection(kind, name, name, request);
    if (scheme === 'config') {
      const [file = '', section = 'main'] = name.slice('config:'.length).split('#', 2);
      const ini = IniFile.read(resolve(dirname(request.ini.file), file), request.globals);
      return this.#resolveSection(kind, section, section, { ...request, ini });
    }
    if (scheme === 'egg' || scheme === 'call') {
      return { type: 'draft', name, reference: referenceOf(name), local: new Map(), request, outer: [] };
    }
    const text = `"${name}": expected egg:PACKAGE#NAME, call:MODULE:NAME, config:FILE#NAME or a section's name`;
    throw new PipelineError('PasteSyntax', request.origin, text);
  }

  #resolveSection(kind: Kind, name: string, label: string, asked: Request): Resolved {
    const { ini } = asked;
    const section = findSection(ini, kind, name, asked.origin);
    const key = `${ini.file}#${section.name}`;
    if (asked.path.includes(key)) {
      const ring = [...asked.path.slice(asked.path.indexOf(key)), key].map((step) => step.slice(step.indexOf('#') + 1));
      throw new PipelineError('PasteCycle', asked.origin, `[${ring.join('] -> [')}] goes round in a circle`);
    }
    const { local, globals, additions } = readSection(ini, section, asked.globals);
    const origin = { file: ini.file, line: section.line };
    const request = { ini, globals, additions, path: [...asked.path, key], origin };
    const filterWith = take(local, 'filter-with');
    const outer = filterWith === undefined ? [] : this.#filters(filterWith.value, at(request, filterWith));
    const prefix = sectionPrefix(section);
    if (prefix === 'pipeline') {
      return { type: 'node', node: filtered(outer, this.#pipeline(section, local, request)) };
    }
    if (prefix === 'filter-app') {
      return { type: 'node', node: filtered(outer, this.#filterApp(section, local, request)) };
    }
    return this.#draft(kind, section, label, local, request, outer);
  }

  /** Follows `use`, or uses the factory that the section names itself. */
  #draft(
    kind: Kind,
    section: Section,
    name: string,
    local: Map<string, IniValue>,
    request: Request,
    outer: readonly Component[],
  ): Resolved {
    const use = take(local, 'use');
    if (use !== undefined) {
      const base = this.#resolve(kind, use.value, at(request, use));
      if (base.type === 'node') return { type: 'node', node: filtered(outer, base.node) };
      const merged = new Map([...base.local, ...local]);
      const globals = { ...base.request.globals, ...request.additions };
      const origin = { file: request.ini.file, line: use.line };
      return {
        ...base,
        name,
        local: merged,
        request: { ...request, globals, origin },
        outer: [...outer, ...base.outer],
      };
    }
    const given = EXPLICIT[kind].filter((option) => local.has(option));
    const [option] = given;
    const reference = option === undefined ? undefined : take(local, option);
    if (given.length !== 1 || reference === undefined) {
      const text = `[${section.name}] must have exactly one of use, ${EXPLICIT[kind].join(', ')}`;
      throw new PipelineError('PasteSyntax', request.origin, text);
    }
    return { type: 'draft', name, reference: reference.value, local, request: at(request, reference), outer };
  }

  #pipeline(section: Section, local: Map<string, IniValue>, request: Request): PipelineNode {
    const pipeline = take(local, 'pipeline');
    const [extra] = local;
    if (pipeline === undefined || extra !== undefined) {
      const text =
        pipeline === undefined
          ? `[${section.name}] has no "pipeline = FILTER … APP"`
          : `[${section.name}] has the setting "${extra?.[0]}": a pipeline takes none`;
      throw new PipelineError('PasteSyntax', extra ? at(request, extra[1]).origin : request.origin, text);
    }
    return this.#sequence(pipeline, request);
  }

  #sequence(list: IniValue, request: Request): PipelineNode {
    const names = list.value.split(/\s+/).filter((name) => name !== '');
    const last = names.pop();
    const here = at(request, list);
    if (last === undefined)
      throw new PipelineError('PasteSyntax', here.origin, 'the pipeline is empty: expected an app');
    const filters = names.flatMap((name) => this.#filters(name, here));
    return filtered(filters, this.#app(last, here));
  }

  #filterApp(section: Section, local: Map<string, IniValue>, request: Request): PipelineNode {
    const next = take(local, 'next');
    if (next === undefined) {
      throw new PipelineError('PasteSyntax', request.origin, `[${section.name}] has no "next = APP"`);
    }
    const label = section.name.slice('filter-app:'.length);
    const filter = this.#draft('filter', section, label, local, request, []);
    const inner = this.#app(next.value, at(request, next));
    if (filter.type === 'node') return inner;
    return filtered([...filter.outer, this.#makeComponent('filter', filter)], inner);
  }

  #makeApp(draft: Draft): PipelineNode {
    const composite = findComposite(this.factories, draft.reference);
    if (composite === 'pipeline_by_auth_strategy') return this.#byAuthStrategy(draft);
    if (composite !== undefined) return this.#urlMap(draft, composite === 'urlmap_with_wildcards');
    return { kind: 'app', app: this.#makeComponent('app', draft) };
  }

  #byAuthStrategy(draft: Draft): PipelineNode {
    for (const strategy of this.strategies) {
      const list = draft.local.get(strategy);
      if (list !== undefined) return this.#sequence(list, draft.request);
    }
    const found = [...draft.local.keys()].join(', ');
    const text = `"${draft.name}" has no pipeline for auth_strategy ${this.strategies[0]}: found ${found}`;
    throw new PipelineError('InvalidSetting', draft.request.origin, text);
  }

  #urlMap(draft: Draft, wildcards: boolean): PipelineNode {
    const { local, request } = draft;
    const notFound = take(local, 'not_found_app');
    const entries = [...local].map(([path, name]) => ({
      ...parseMapPath(path, wildcards, at(request, name).origin),
      inner: this.#app(name.value, at(request, name)),
    }));
    return {
      kind: 'urlmap',
      entries,
      notFound: notFound === undefined ? undefined : this.#app(notFound.value, at(request, notFound)),
    };
  }

  #makeComponent(kind: Kind, draft: Draft): Component {
    const { name, reference, local, request } = draft;
    const factory = findFactory(kind, reference, this.factories);
    if (factory === undefined) {
      const { distribution, filters, apps } = this.factories;
      const known = [...(kind === 'filter' ? filters : apps)].join(', ');
      const text = `${kind} "${name}": no factory "${reference}": expected egg:${distribution}#NAME (${known}) or another name of one`;
      throw new PipelineError('UnknownFactory', request.origin, text);
    }
    const settings = Object.fromEntries([...local].map(([key, option]) => [key, option.value]));
    return { name, factory, settings, globals: request.globals, origin: request.origin };
  }
}

/** `egg:Package` means its entry point `main`; `call:module:name` is the path without its scheme. */
function referenceOf(name: string): string {
  if (name.startsWith('call:')) return name.slice('call:'.length);
  return name.includes('#') ? name : `${name}#main`;
}

function at(request: Request, option: IniValue): Request {
  return { ...request, origin: { file: request.ini.file, line: option.line } };
}

function filtered(filters: readonly Component[], inner: PipelineNode): PipelineNode {
  return filters.length === 0 ? inner : { kind: 'filtered', filters, inner };
}
