/** A button that opens something below it; Esc closes it and goes back to the button. */
import { domId, h } from './dom';

export interface Fold {
  button: HTMLButtonElement;
  panel: HTMLElement;
  toggle(isOpen?: boolean): void;
}

export function fold(words: string, ...inside: HTMLElement[]): Fold {
  const id = domId();
  const onkeydown = (event: Event) => {
    if ((event as KeyboardEvent).key !== 'Escape') return;
    toggle(false);
    button.focus();
  };
  const panel = h('div', { id, class: 'fold', hidden: true, onkeydown }, ...inside);
  const props = { type: 'button', class: 'plain', 'aria-controls': id, onclick: () => toggle() };
  const button = h('button', props, words, h('span', { class: 'arrow', 'aria-hidden': 'true' }));
  function toggle(isOpen = panel.hidden): void {
    panel.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  }
  toggle(false);
  return { button, panel, toggle };
}
