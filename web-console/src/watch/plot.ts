/** One plot of the last hour, drawn by uPlot in the page's own colours; loaded only when shown. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Lang } from '../i18n/say';
import { minuteOf } from './time';

export interface PlotLine {
  values: readonly number[];
  /** The name of its colour in tokens.css. */
  colour: '--plot-1' | '--plot-2' | '--plot-3';
  /** Told apart without colour as well. */
  dash: readonly number[];
}

/** Its name in words stands under the plot; the same dash there is CSS. */
export const SOLID = [] as const;
export const DASHED = [8, 4] as const;
export const DOTTED = [2, 3] as const;

const HEIGHT_PX = 150;
/** Whole people, whole minutes. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** A plot of almost nothing is not blown up to look like a rush. */
const TOP_MIN = 4;

export class Plot {
  private readonly plot: uPlot;
  private readonly watch: ResizeObserver;
  private readonly themes = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map(
    (query) => matchMedia(query),
  );
  private readonly redraw = () => this.plot.redraw(false, true);

  constructor(
    private readonly element: HTMLElement,
    lang: Lang,
    at_s: readonly number[],
    lines: readonly PlotLine[],
    onpoint: (index: number | null) => void,
  ) {
    this.plot = new uPlot(this.options(lang, lines, onpoint), dataOf(at_s, lines), element);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(element);
    for (const theme of this.themes) theme.addEventListener('change', this.redraw);
  }

  show(at_s: readonly number[], lines: readonly PlotLine[]): void {
    this.plot.setData(dataOf(at_s, lines));
  }

  /** Marks a minute, without telling of it. */
  point(index: number | null): void {
    const at = index === null ? undefined : this.plot.data[0][index];
    const left = at === undefined ? -10 : this.plot.valToPos(at, 'x');
    this.plot.setCursor({ left, top: index === null ? -10 : 0 }, false);
  }

  close(): void {
    for (const theme of this.themes) theme.removeEventListener('change', this.redraw);
    this.watch.disconnect();
    this.plot.destroy();
  }

  private fit(): void {
    const width = this.element.clientWidth;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT_PX });
  }

  private readonly colour = (name: string) => getComputedStyle(this.element).getPropertyValue(name);

  private options(
    lang: Lang,
    lines: readonly PlotLine[],
    onpoint: (index: number | null) => void,
  ): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: () => this.colour('--ink-soft'),
      grid: { stroke: () => this.colour('--hair'), width: 1 },
      ticks: { show: false },
      font: '14px system-ui, sans-serif',
    };
    const minutes = (_: uPlot, splits: number[]) => splits.map((at) => minuteOf(lang, at * 1000));
    return {
      width: this.element.clientWidth || 300,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: { y: { range: (_, __, top) => [0, Math.max(TOP_MIN, Math.ceil(top * 1.1))] } },
      axes: [
        { ...axis, values: minutes, space: 60, size: 28 },
        { ...axis, incrs: STEPS, size: 40 },
      ],
      series: [{}, ...lines.map((line) => this.series(line))],
      hooks: { setCursor: [(plot) => onpoint(plot.cursor.idx ?? null)] },
    };
  }

  private series({ colour, dash }: PlotLine): uPlot.Series {
    const paths = uPlot.paths.stepped?.({ align: 1 });
    return {
      stroke: () => this.colour(colour),
      width: 2,
      dash: [...dash],
      points: { show: false },
      ...(paths && { paths }),
    };
  }
}

function dataOf(at_s: readonly number[], lines: readonly PlotLine[]): uPlot.AlignedData {
  return [[...at_s], ...lines.map((line) => [...line.values])];
}
