import { en as consoleEn } from './console.en';
import { type ConsoleKey, zhCN as consoleZh } from './console.zh-CN';
import { en } from './office.en';
import { type OfficeKey, zhCN } from './office.zh-CN';
import { type Lang, type Say, speak } from './say';

/** The office speaks the consoles' words and its own. */
export type OfficeSay = Say<ConsoleKey | OfficeKey>;
export const sayOffice = (lang: Lang): OfficeSay =>
  speak(lang, { 'zh-CN': { ...consoleZh, ...zhCN }, en: { ...consoleEn, ...en } });
