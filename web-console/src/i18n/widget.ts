import { type Lang, type Say, speak } from './say';
import { en } from './widget.en';
import { type WidgetKey, zhCN } from './widget.zh-CN';

export type WidgetSay = Say<WidgetKey>;
export const sayWidget = (lang: Lang): WidgetSay => speak(lang, { 'zh-CN': zhCN, en });
