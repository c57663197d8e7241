import { en } from './console.en';
import { type ConsoleKey, zhCN } from './console.zh-CN';
import { type Lang, type Say, speak } from './say';

export type ConsoleSay = Say<ConsoleKey>;
export const sayConsole = (lang: Lang): ConsoleSay => speak(lang, { 'zh-CN': zhCN, en });

/** A length of time as one says it: seconds while they matter, then minutes, then hours. */
export function sayLength(say: ConsoleSay, ms: number): string {
  const whole_s = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(whole_s / 3600), Math.floor(whole_s / 60) % 60, whole_s % 60];
  if (h > 0) return say('time.h_m', { h, m });
  if (m >= 10 || (m > 0 && s === 0)) return say('time.m', { m });
  return m > 0 ? say('time.m_s', { m, s }) : say('time.s', { s });
}

/** Basis points as per cent. */
export function sayShare(say: ConsoleSay, bp: number | null): string {
  return bp === null ? say('time.none') : `${Math.round(bp / 100)}%`;
}
