/** Frames and a pane that remembers, for the tests of the desk. */
import type { DeskContact, DeskOffer, FromDesk, ToDesk } from '../protocol/desk';
import { type Desk, type Effect, type Event, emptyDesk } from './desk';
import { step } from './desk-step';

export const AT = '2026-01-01T00:00:00.000Z';
export const NOW = Date.parse(AT);

export function aContact(contact_id = 'c1', more: Partial<DeskContact> = {}): DeskContact {
  return {
    contact_id,
    line: '12355',
    line_name: '青少年服务台',
    channel: 'chat',
    alias: `蓝鲸-${contact_id}`,
    earlier_contacts: 0,
    risk: 'none',
    state: 'talking',
    arrived_at: AT,
    connected_at: AT,
    wrap_up_until: null,
    ended: null,
    seeker_online: true,
    last_seq: 0,
    locale: 'zh-CN',
    simulated: false,
    looked_at_by: [],
    ...more,
  };
}

export function anOffer(contact_id = 'c1'): DeskOffer {
  const { line, line_name, channel, alias, risk } = aContact(contact_id);
  const known = { contact_id, line, line_name, channel, alias, risk, waited_s: 9, skills: [] };
  const pick = { earlier_contacts: 0, previous: false, rule: 'risk_then_age', idle_s: 60, fit: 3 };
  return {
    offer_id: `o-${contact_id}`,
    contact: { ...known, ...pick },
    expires_at: AT,
    ring_ms: 20_000,
  };
}

export function aWelcome(contacts: DeskContact[], more: object = {}): ToDesk {
  const counselor = {
    counselor_id: 'k1',
    username: 'demo1',
    alias: '小禾',
    role: 'counselor',
    permissions: [],
    chats_max: 3,
  };
  const lists = { contacts, offer: null, lines: [], skills: [] };
  const frame = {
    type: 'welcome',
    counselor,
    presence: 'available',
    wish: 'available',
    heartbeat_s: 20,
    server_time: AT,
  };
  return { ...frame, ...lists, ...more } as ToDesk;
}

export function aMessage(seq: number, more: object = {}): ToDesk {
  const frame = {
    type: 'message',
    contact_id: 'c1',
    seq,
    message_id: `m${seq}`,
    from: 'seeker',
    text: `${seq}`,
    at: AT,
  };
  return { ...frame, ...more } as ToDesk;
}

/** A pane that remembers what it was asked to do. */
export class Played {
  desk: Desk = emptyDesk;
  done: Effect[] = [];
  play(...events: (Event | ToDesk)[]): this {
    for (const event of events) {
      const turn: Event = 'is' in event ? event : { is: 'frame', frame: event, now: NOW };
      const [desk, effects] = step(this.desk, turn);
      this.desk = desk;
      this.done.push(...effects);
    }
    return this;
  }
  sent(): FromDesk[] {
    return this.done.flatMap((effect) => (effect.do === 'send' ? [effect.frame] : []));
  }
  held(id = 'c1') {
    const held = this.desk.held.find((one) => one.contact.contact_id === id);
    if (!held) throw new Error(`${id} is not in hand`);
    return held;
  }
}

export const aPane = (...contacts: DeskContact[]) => new Played().play(aWelcome(contacts));
