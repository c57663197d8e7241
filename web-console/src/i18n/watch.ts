import { en as consoleEn } from './console.en';
import { type ConsoleKey, zhCN as consoleZh } from './console.zh-CN';
import { type Lang, type Say, speak } from './say';
import { en } from './watch.en';
import { type WatchKey, zhCN } from './watch.zh-CN';

/** The board speaks the consoles' words and its own. */
export type WatchSay = Say<ConsoleKey | WatchKey>;
export const sayWatch = (lang: Lang): WatchSay =>
  speak(lang, { 'zh-CN': { ...consoleZh, ...zhCN }, en: { ...consoleEn, ...en } });
