/** Making elements without markup in strings: no policy of a page forbids it, and nothing injects. */

export type Child = Node | string | null | undefined | false;
type Handler<Name extends keyof HTMLElementEventMap> = (event: HTMLElementEventMap[Name]) => void;
type Handlers = { readonly [Name in keyof HTMLElementEventMap]?: Handler<Name> };
type Value = string | number | boolean | null | undefined;
type Attributes = Readonly<Record<string, Value>>;

/** Attributes by their names, and under `on` what is to happen at which event. */
export interface Props {
  readonly on?: Handlers | undefined;
  readonly [attribute: string]: Value | Handlers;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (false, null and undefined ones are left out) and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { on, ...attributes }: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  set(element, attributes as Attributes);
  for (const [name, handler] of Object.entries(on ?? {})) {
    element.addEventListener(name, handler as EventListener);
  }
  element.append(...present(children));
  return element;
}

/** Give an element these attributes, or take them away where they are false or nothing. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Put other children in an element's place; what had the focus has it again if it is still there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  const root = element.getRootNode() as Document | ShadowRoot;
  const focused = root.activeElement?.closest("[data-key]");
  const key = focused && element.contains(focused) ? focused.getAttribute("data-key") : null;
  element.replaceChildren(...present(children));
  if (key !== null) element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const PATHS = {
  camera:
    "M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l4.5 4.5",
  close: "M6 6l12 12M18 6 6 18",
  photo: "M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  filters: "M4 7h16M7 12h10M10 17h4",
  like: "M4 4h10v10H4ZM10 18v2h10V10h-2",
  previous: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
} as const;

/** A drawing of one line, hidden from screen readers: the button around it has a name. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  set(drawing, { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" });
  set(path, { d: PATHS[name] });
  drawing.append(path);
  return drawing;
}

/** A button that shows an icon and is named for those who do not see it. */
export function iconButton(
  name: keyof typeof PATHS,
  label: string,
  onClick: () => void,
  props: Props = {},
): HTMLButtonElement {
  const button = h(
    "button",
    { type: "button", class: "tool", "aria-label": label, title: label, ...props },
    icon(name),
  );
  button.addEventListener("click", onClick);
  return button;
}

/** Whether somebody may go there: web pages only, whatever a catalogue says. */
export function webAddress(address: string | null): string | null {
  if (!address) return null;
  try {
    const { protocol, href } = new URL(address, document.baseURI);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child instanceof Node || !!child);
}
