/**
 * `<xinqiao-chat line="12355">` for pages of schools and others.
 *
 * Attributes: `line`, `lang`, and `exit`, the address that quick exit puts in the page's place
 * (a quiet page of ours when there is none). `--xinqiao-height` sets its height.
 *
 * Lives in a shadow root with its own styles: nothing of the host's page gets
 * in, and of the talk nothing gets out.
 */
import { langOf } from '../i18n/say';
import calm from '../styles/calm.css?inline';
import element from '../styles/element.css?inline';
import sheetUrl from '../styles/embed.css?url';
import parts from '../styles/parts.css?inline';
import tokens from '../styles/tokens.css?inline';
import widget from '../styles/widget.css?inline';
import { ChatView } from './chat-view';
import { openVisit } from './open';

const script = document.currentScript as HTMLScriptElement | null;
const home = script?.src ? new URL(script.src).origin : location.origin;

class XinqiaoChat extends HTMLElement {
  private chat: ChatView | null = null;

  connectedCallback(): void {
    if (this.chat) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    dress(shadow);
    const target = shadow.appendChild(document.createElement('div'));
    target.className = 'mount';
    const visit = openVisit(home, this.getAttribute('line') ?? '');
    const lang = langOf(this.getAttribute('lang') ?? navigator.language);
    const exit_to = new URL(this.getAttribute('exit') ?? `${home}/quiet.html`, location.href).href;
    this.chat = new ChatView(visit, lang, { home, exit_to, isPage: false });
    target.append(this.chat.el);
  }

  disconnectedCallback(): void {
    this.chat?.close();
    this.chat = null;
    this.shadowRoot?.replaceChildren();
  }
}

/** Constructed sheets need no inline style; Safari before 16.4 gets the same as a file. */
function dress(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([tokens, parts, widget, calm, element].join('\n'));
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(sheetUrl, home).href;
    shadow.appendChild(link);
  }
}

if (!customElements.get('xinqiao-chat')) customElements.define('xinqiao-chat', XinqiaoChat);
