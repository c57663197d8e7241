/** What was written, oldest first. New lines are read out; the end stays in sight. */
import type { Contact } from '../model/contact';
import type { Entry } from '../model/talk';
import { h, put } from './dom';
import type { Room, View } from './view';

/** Half a line: a thumb is not exact. */
const END_PX = 16;

export function messagesView({ say }: Room, scroller: () => HTMLElement | null): View {
  const label = say('messages.title');
  const el = h('div', { class: 'messages', role: 'log', 'aria-label': label });
  const rows = new Map<string, { el: HTMLElement; fate: HTMLElement }>();
  /** Whether the reader is at the end; a keyboard that opens must not hide the newest words. */
  let isAtEnd = false;
  let sized: ResizeObserver | null = null;

  function stayAtEnd(scroll: HTMLElement): void {
    sized = new ResizeObserver(() => {
      if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
    });
    sized.observe(scroll);
    scroll.addEventListener('scroll', () => {
      isAtEnd = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < END_PX;
    });
  }

  function row(entry: Entry) {
    const name = say(entry.from === 'seeker' ? 'messages.you' : `messages.${entry.from}`);
    // Sent and received are for the eye; read out at every change they would drown the talk.
    const fate = h('span', { 'aria-live': 'off' });
    const side = entry.from === 'seeker' ? 'seeker mine' : entry.from;
    const parts = [
      h('span', { class: 'seen-by-ear' }, `${name}: `),
      h('div', { class: 'bubble' }, entry.text),
    ];
    return { el: h('div', { class: `message ${side}` }, ...parts, fate), fate };
  }

  function fateOf(entry: Entry, { link, read }: Contact): string {
    if (entry.from !== 'seeker') return '';
    if (entry.fate === 'refused') return say.code('no', entry.fault ?? 'unknown');
    if (entry.fate === 'sending') return say(link === 'down' ? 'link.sending' : 'messages.sending');
    return say((entry.seq ?? 0) <= read ? 'messages.read' : 'messages.saved');
  }

  return {
    el,
    draw(contact) {
      const { talk } = contact;
      const before = rows.size;
      talk.entries.forEach((entry, at) => {
        const shown = rows.get(entry.key) ?? row(entry);
        rows.set(entry.key, shown);
        shown.fate.className = `fate ${entry.fate}`;
        put(shown.fate, fateOf(entry, contact));
        if (el.children[at] !== shown.el) el.insertBefore(shown.el, el.children[at] ?? null);
      });
      const scroll = scroller();
      if (!scroll) return;
      if (!sized) stayAtEnd(scroll);
      if (rows.size === before) return;
      isAtEnd = true;
      scroll.scrollTop = scroll.scrollHeight;
    },
  };
}
