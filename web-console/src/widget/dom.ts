/**
 * Elements without a framework.
 *
 * Svelte's runtime alone weighs 17 KB gzipped of the 30 KB a seeker's first load
 * may have; the few views here need none. The consoles, loaded once a shift, use Svelte.
 */
type Child = Node | string | null | false;
type Listener = (event: Event) => void;
type Props = Record<string, string | number | boolean | Listener | undefined>;

/** `h('button', { class: 'main', onclick }, 'Start')` */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) dress(el, name, value);
  el.append(...children.filter((child): child is Node | string => !!child));
  return el;
}

function dress(el: HTMLElement, name: string, value: Props[string]): void {
  if (value === undefined || value === false) return;
  if (typeof value === 'function') el.addEventListener(name.slice(2), value);
  else el.setAttribute(name, value === true ? '' : String(value));
}

/** Changes the words only when they differ, so that a screen reader is not told twice. */
export function put(el: HTMLElement, text: string): void {
  if (el.textContent !== text) el.textContent = text;
}

export function show(el: HTMLElement, isShown: boolean): void {
  if (el.hidden === isShown) el.hidden = !isShown;
}

let last = 0;
/** An id for `for` and `aria-labelledby`, unlike any other in the page. */
export function domId(): string {
  last += 1;
  return `xq-${last}`;
}
