/** What an element is made with. Captured text goes in as a child or a property: nothing here reads HTML. */
type Properties<Name extends keyof HTMLElementTagNameMap> = {
  readonly [
    Key in Exclude<keyof HTMLElementTagNameMap[Name], 'attributes' | 'role'>
  ]?: HTMLElementTagNameMap[Name][Key] extends (...args: never[]) => unknown ? never : HTMLElementTagNameMap[Name][Key];
} & {
  readonly class?: string;
  readonly role?: string;
  /** Attributes that have no property. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Listeners by the names of their events. */
  readonly on?: { readonly [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void };
};

/** What an element may hold. */
export type Child = Node | string | number | undefined | false;

/** Makes an element. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties<Name> = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  const { class: className, role, attributes = {}, on = {}, ...others } = properties;
  if (className !== undefined) element.className = className;
  if (role !== undefined) element.setAttribute('role', role);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(key, String(value));
  for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener as EventListener);
  Object.assign(element, others);
  append(element, children.flat());
  return element;
}

/** Adds children to an element. */
export function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(typeof child === 'object' ? child : String(child));
  }
}

/** A table with a heading. Its cells hold text or elements. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly HTMLTableRowElement[],
): HTMLTableElement {
  return h(
    'table',
    {},
    h('caption', { class: 'hidden' }, caption),
    h('thead', {}, h('tr', {}, ...head.map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', {}, ...rows),
  );
}

/** A button. */
export function button(label: string, click: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  return h('button', { type: 'button', attributes, on: { click } }, label);
}
