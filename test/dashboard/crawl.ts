import type { Visit, Visitor } from './visitor.js';

/** Pages that end the session, change who is logged in, give files away, or lead out of the three dashboards. */
const NOT_FOLLOWED =
  /^\/(auth|static|media|i18n|header)\/|\/(openrc|clouds\.yaml|download|rc)\b|\/(console|vnc|spice|serial)(\/|$)/;
const ID = /\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b/gi;
/** The kind of a page: its path with ids left out, and its tab. */
function kindOf(path: string): string {
  return path.replaceAll(ID, '{id}');
}

/** A path without fragment, and of the query the tab alone: sorting and paging lead to the same page. */
function pathOf(link: string): string {
  const { pathname, searchParams } = new URL(link, 'http://dashboard');
  const tab = searchParams.get('tab');
  return tab === null ? pathname : `${pathname}?tab=${tab}`;
}

/** Follows every link from some paths on, opens every form, and answers each once with what is wrong there. */
export async function crawl(
  visitor: Visitor,
  starts: readonly string[],
  seen: (visit: Visit) => Promise<void>,
): Promise<Visit[]> {
  const [queue, known, kinds, visits] = [[...starts], new Set(starts), new Set<string>(), [] as Visit[]];
  // One page of a kind: others differ by ids alone.
  const isNew = (path: string): boolean => {
    const kind = kindOf(path);
    if (kinds.has(kind)) return false;
    kinds.add(kind);
    return true;
  };
  const note = async (visit: Visit): Promise<void> => {
    visits.push(visit);
    await seen(visit);
  };
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (!isNew(path)) continue;
    await note(await visitor.go(path));
    for (const { path: link, form } of await visitor.links()) {
      const next = pathOf(link);
      if (known.has(next) || NOT_FOLLOWED.test(next)) continue;
      known.add(next);
      if (!form) queue.push(next);
      else if (isNew(next)) await note(await visitor.form(path, link));
    }
    for (const text of await visitor.actions()) {
      if (isNew(`${path} (${text})`)) await note(await visitor.action(path, text));
    }
  }
  return visits;
}
