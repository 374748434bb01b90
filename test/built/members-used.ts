import { parseAst } from 'rolldown/parseAst';

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/**
 * The members that a file uses of what stands in one of its own variables: `a` and `b` of `x.a(x.b)`. A function or a block
 * that has the name for something else is left out.
 */
export function membersUsed(code: string, variable: string): readonly string[] {
  const members = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type !== 'Program' && declares(node, variable)) return;
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

/** Whether something of that name is declared for all that stands in a node: what an inner block declares does not count. */
function declares(scope: Node, name: string): boolean {
  if (isFunction(scope)) {
    const isOwn = scope.type === 'FunctionExpression' && isNamed(scope['id'], name);
    return (
      isOwn || (scope['params'] as Node[]).some((each) => isNamed(each, name)) || hasVar(scope['body'] as Node, name)
    );
  }
  if (scope.type === 'CatchClause' && isNamed(scope['param'], name)) return true;
  const isLoop = ['ForStatement', 'ForInStatement', 'ForOfStatement'].includes(scope.type);
  const isBlock = scope.type === 'BlockStatement' || scope.type === 'StaticBlock' || scope.type === 'SwitchStatement';
  if (!isLoop && !isBlock) return false;
  const statements = scope.type === 'SwitchStatement' ? childrenOf(scope).flatMap(childrenOf) : childrenOf(scope);
  return statements.some((node) => isDeclaration(node, name));
}

/** `let`, `const` and `var`, classes and functions. */
function isDeclaration(node: Node, name: string): boolean {
  if (node.type === 'VariableDeclaration') return childrenOf(node).some(({ id }) => isNamed(id, name));
  return (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') && isNamed(node['id'], name);
}

/** Whether a function has a `var` of that name, wherever in it. */
function hasVar(node: Node, name: string): boolean {
  if (isFunction(node)) return false;
  if (node.type === 'VariableDeclaration' && node['kind'] === 'var' && isDeclaration(node, name)) return true;
  return childrenOf(node).some((child) => hasVar(child, name));
}

/** Whether a pattern binds a name. */
function isNamed(pattern: unknown, name: string): boolean {
  if (pattern === null || typeof pattern !== 'object') return false;
  const { type, ...members } = pattern as Node;
  if (type === 'Identifier') return members['name'] === name;
  // What stands in place of what is not given declares nothing.
  if (type === 'AssignmentPattern') return isNamed(members['left'], name);
  if (type === 'Property') return isNamed(members['value'], name);
  return [members['elements'], members['properties'], members['argument']].flat().some((each) => isNamed(each, name));
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((child): child is Node => child !== null && typeof child === 'object' && 'type' in child);
}
