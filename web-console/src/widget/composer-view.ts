/** Where one writes. Enter sends where there is a keyboard; a half-typed 汉字 is never sent. */
import { domId, h, put, show } from './dom';
import type { Room, View } from './view';

/** The server's limit, in characters. */
const LENGTH_MAX = 4_000;
/** From here on the count is shown. */
const NEAR = 200;

export function composerView({ ear, say, visit }: Room): View {
  const id = domId();
  const hasKeyboard = !matchMedia('(pointer: coarse)').matches;
  const label = say('composer.label');
  const countId = domId();
  const props = { id, rows: 2, placeholder: label, autocomplete: 'off', name: 'message' };
  const described = { 'aria-describedby': countId, oninput, onkeydown: press };
  const area = h('textarea', { ...props, ...described });
  const button = h('button', { type: 'submit', class: 'main' }, say('composer.send'));
  const count = h('p', { id: countId, class: 'count' });
  area.value = visit.draft;

  const left = () => LENGTH_MAX - Array.from(area.value.trim()).length;
  const canSend = () => area.value.trim() !== '' && left() >= 0;

  function settle(): void {
    visit.keepDraft(area.value);
    button.disabled = !canSend();
    const rest = left();
    show(count, rest < NEAR);
    // A count is not read out at every key; going over the limit is, once.
    if (rest < 0 && !count.classList.contains('over')) {
      ear.tell(say('composer.over', { over: -rest }));
    }
    count.classList.toggle('over', rest < 0);
    put(
      count,
      rest < 0 ? say('composer.over', { over: -rest }) : say('composer.left', { left: rest }),
    );
  }
  function oninput(): void {
    settle();
    visit.type();
  }
  function submit(event: Event): void {
    event.preventDefault();
    if (!canSend()) return;
    visit.write(area.value.trim());
    area.value = '';
    settle();
    area.focus();
  }
  function press(event: Event): void {
    const { key, shiftKey, isComposing, keyCode } = event as KeyboardEvent;
    // 229: what Safari and older in-app browsers say while an input method is at work.
    const isSent = key === 'Enter' && !shiftKey && !isComposing && keyCode !== 229 && hasKeyboard;
    if (isSent) submit(event);
  }

  const fields = h('div', { class: 'fields' }, area, button);
  const heard = h('label', { class: 'seen-by-ear', for: id }, label);
  settle();
  return {
    el: h(
      'form',
      { class: 'composer', autocomplete: 'off', onsubmit: submit },
      heard,
      fields,
      count,
    ),
    draw: () => {},
  };
}
