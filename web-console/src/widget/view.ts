/** What every view of the widget is given, and what it is. */
import type { WidgetSay } from '../i18n/widget';
import type { Contact } from '../model/contact';
import type { Visit } from '../model/visit';

export interface Room {
  say: WidgetSay;
  visit: Visit;
  /** Typed and not yet sent: survives a change of view and of language, never the page. */
  memory: { draft: string; ask: string; isInDanger: boolean };
}

export interface View {
  el: HTMLElement;
  /** Shows this state; called at every change. */
  draw(contact: Contact): void;
  /** Where the reader's focus goes when the view comes up. */
  heading?: HTMLElement;
}
