import { parseAst } from 'rolldown/parseAst';

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/**
 * The members that a file uses of what stands in one of its own variables: `a` and `b` of `x.a(x.b)`. A function that has
 * the name for something else is left out.
 */
export function membersUsed(code: string, variable: string): readonly string[] {
  const members = new Set<string>();
  const visit = (node: Node): void => {
    if (isFunction(node) && declares(node, variable)) return;
    if (node.type === 'MemberExpression' && node['computed'] !== true) {
      const { object, property } = node as unknown as { object: Node; property: Node };
      if (object.type === 'Identifier' && object['name'] === variable) members.add(String(property['name']));
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseAst(code, { sourceType: 'commonjs' }) as unknown as Node);
  return [...members];
}

function isFunction({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
}

/** Whether a function has a parameter, a variable, a function or a class of that name; those of functions inside it do not count. */
function declares(scope: Node, name: string): boolean {
  const isNamed = (node: unknown): boolean => {
    if (node === null || typeof node !== 'object') return false;
    const { type, ...members } = node as Node;
    if (type === 'Identifier') return members['name'] === name;
    // What stands in place of what is not given declares nothing.
    if (type === 'AssignmentPattern') return isNamed(members['left']);
    if (type === 'Property') return isNamed(members['value']);
    return [members['elements'], members['properties'], members['argument']].flat().some(isNamed);
  };
  const isDeclaredIn = (node: Node): boolean => {
    if (node.type === 'VariableDeclarator' || node.type === 'ClassDeclaration') {
      if (isNamed(node['id'])) return true;
    } else if (node.type === 'CatchClause' && isNamed(node['param'])) {
      return true;
    } else if (isFunction(node)) {
      return node.type === 'FunctionDeclaration' && isNamed(node['id']);
    }
    return childrenOf(node).some(isDeclaredIn);
  };
  return (scope['params'] as Node[]).some(isNamed) || childrenOf(scope).some(isDeclaredIn);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((child): child is Node => child !== null && typeof child === 'object' && 'type' in child);
}
