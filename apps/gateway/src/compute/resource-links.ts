import { linkBase } from '../edge/links.js';
import type { RequestState } from '../edge/request-state.js';

export interface Link {
  readonly rel: string;
  readonly href: string;
}

/** Makes the links of one response. They contain the project's id if the request had it in its path. */
export class ResourceLinks {
  readonly #versioned: string;
  readonly #plain: string;

  constructor(request: { readonly edge: RequestState }, prefix: string | undefined) {
    const base = linkBase(request, prefix);
    const project = request.edge.projectInPath === undefined ? '' : `/${request.edge.projectInPath}`;
    this.#versioned = `${base}/${request.edge.legacy ? 'v2' : 'v2.1'}${project}`;
    this.#plain = `${base}${project}`;
  }

  self(path: string): string {
    return `${this.#versioned}/${path}`;
  }

  bookmark(path: string): Link {
    return { rel: 'bookmark', href: `${this.#plain}/${path}` };
  }

  both(path: string): Link[] {
    return [{ rel: 'self', href: this.self(path) }, this.bookmark(path)];
  }
}
