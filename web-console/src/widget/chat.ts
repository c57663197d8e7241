/** The hosted page: `/chat/{line}`. */
import { type Lang, langOf } from '../i18n/say';
import { sayWidget } from '../i18n/widget';
import { ChatView } from './chat-view';
import { openVisit } from './open';

const line = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const wished = new URLSearchParams(location.search).get('lang') ?? navigator.language;
const target = document.getElementById('app');

function onlang(lang: Lang): void {
  document.documentElement.lang = lang;
  document.title = sayWidget(lang)('tab.title');
}

if (target) {
  const chat = new ChatView(openVisit(location.origin, line), langOf(wished), onlang);
  target.append(chat.el);
  // The numbers in plain HTML have done their work; the page shows its own from here on.
  document.getElementById('first')?.remove();
}
