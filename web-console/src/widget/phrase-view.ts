/** Six words to come back with: asked for, shown large, copied; what they open is said. */
import type { Contact } from '../model/contact';
import { h, put, show } from './dom';
import type { Room, View } from './view';

export function phraseView({ ear, say, visit }: Room): View {
  let isAsked = false;
  const askNow = () => {
    isAsked = true;
    visit.askPhrase();
  };
  const why = h('p', { class: 'small' }, say('phrase.why'));
  const ask = h('button', { type: 'button', class: 'ask', onclick: askNow });
  const failed = h('p', { class: 'notice small' }, say('phrase.failed'));
  const words = h('p', { class: 'words' });
  const honest = h('p', { class: 'small' }, say('phrase.honest'));
  const copied = h('p', { class: 'small soft' });
  const copy = h('button', { type: 'button', onclick: copyWords }, say('phrase.copy'));
  const again = h('button', { type: 'button', class: 'plain', onclick: askNow });
  again.append(say('phrase.again'));
  const title = h('h3', { tabindex: -1 }, say('phrase.title'));
  const fresh = h('p', { class: 'small soft' }, say('phrase.void'));
  const row = h('div', { class: 'row' }, copy, again);
  const card = h('div', { class: 'card stack' }, title, words, row, copied, fresh, honest);
  const el = h('div', { class: 'phrase stack' }, why, failed, ask, card);

  async function copyWords(): Promise<void> {
    const isCopied = await copyText(words);
    put(copied, say(isCopied ? 'phrase.copied' : 'phrase.not_copied'));
    ear.tell(copied.textContent ?? '');
  }
  function draw({ phrase }: Contact): void {
    const isTold = phrase.at === 'told';
    show(card, isTold);
    show(why, !isTold);
    show(ask, !isTold);
    show(failed, phrase.at === 'refused');
    ask.disabled = phrase.at === 'asked';
    put(ask, say(phrase.at === 'asked' ? 'phrase.asking' : 'phrase.ask'));
    if (!isTold || words.textContent === phrase.words) return;
    put(words, phrase.words);
    put(copied, '');
    // Read out from its heading, once it is there; known from before, it takes nobody's focus.
    if (isAsked) setTimeout(() => title.focus());
    isAsked = false;
  }
  return { el, draw };
}

/** Where the clipboard is denied, as on plain http and in old in-app browsers, the words are selected. */
async function copyText(el: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(el.textContent ?? '');
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(el);
    const selection = window.getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return document.execCommand('copy');
  }
}
