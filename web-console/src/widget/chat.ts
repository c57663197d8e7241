/** The hosted page: `/chat/{line}`. */
import { type Lang, langOf } from '../i18n/say';
import { sayWidget } from '../i18n/widget';
import { ChatView } from './chat-view';
import { entryStorage, openVisit } from './open';
import { fitToKeyboard } from './viewport';

const line = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const wished = new URLSearchParams(location.search).get('lang') ?? navigator.language;
const target = document.getElementById('app');

function onlang(lang: Lang): void {
  document.documentElement.lang = lang;
  document.title = sayWidget(lang)('tab.title');
}

if (target) {
  const place = { home: location.origin, exit_to: '/quiet.html', isPage: true, onlang };
  const visit = openVisit(location.origin, line, entryStorage);
  target.append(new ChatView(visit, langOf(wished), place).el);
  fitToKeyboard(target);
  // The numbers in plain HTML have done their work; the page shows its own from here on.
  document.getElementById('first')?.remove();
}
