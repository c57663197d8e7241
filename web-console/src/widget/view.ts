/** What every view of the widget is given, and what it is. */
import type { WidgetSay } from '../i18n/widget';
import type { Contact } from '../model/contact';
import type { Visit } from '../model/visit';
import type { Ear } from './ear';

/** Where a person stood in what calms: kept through a change of language, never the page. */
export interface Calm {
  tab: 'breathe' | 'ground' | 'read' | null;
  step: number;
  reading: number | null;
}

export interface Room {
  say: WidgetSay;
  visit: Visit;
  /** Where the house's own files are. */
  home: string;
  ear: Ear;
  /** Chosen at the door and not yet said; what is typed in the talk is the visit's. */
  memory: { ask: string; phrase: string; calm: Calm };
}

export interface View {
  el: HTMLElement;
  /** Shows this state; called at every change. */
  draw(contact: Contact): void;
  /** Where the reader's focus goes when the view comes up. */
  heading?: HTMLElement;
}
