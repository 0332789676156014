/** Why a rule says yes or no: the rule's tree with the verdict of each node, all nodes evaluated. */
export interface Explanation {
  /** The node as text: `rule:admin_only`, `and`, `role:admin`. */
  readonly text: string;
  readonly result: boolean;
  /** What a reader needs to know beside the verdict, such as the value that the target gave. */
  readonly note?: string;
  readonly children: readonly Explanation[];
}

/** Lines such as `  false  role:admin`, indented by depth. */
export function formatExplanation(node: Explanation, depth = 0): string[] {
  const note = node.note === undefined ? '' : `   (${node.note})`;
  const line = `${'  '.repeat(depth)}${node.result ? 'true ' : 'false'} ${node.text}${note}`;
  return [line, ...node.children.flatMap((child) => formatExplanation(child, depth + 1))];
}
