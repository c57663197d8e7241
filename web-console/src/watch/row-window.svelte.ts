/** Which rows of a long table are in sight; the others are only a height. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';

/** A row's height where none is drawn yet, px: a line of text and its touch target. */
const ROW_PX = 52;
/** Rows kept beyond the edges, for whoever scrolls or tabs on. */
const BEYOND = 6;

export class RowWindow {
  first = $state(0);
  last = $state(30);
  above_px = $state(0);
  below_px = $state(0);
  private virtual: Virtualizer<HTMLElement, HTMLElement> | null = null;

  constructor(private readonly count: () => number) {}

  /** Goes on the element that scrolls. */
  readonly scroller = (element: HTMLElement) => {
    // One height for all: measuring each would move the list under whoever scrolls it.
    const row_px = element.querySelector<HTMLElement>('tr[data-index]')?.offsetHeight || ROW_PX;
    const virtual = new Virtualizer<HTMLElement, HTMLElement>({
      count: this.count(),
      getScrollElement: () => element,
      estimateSize: () => row_px,
      overscan: BEYOND,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.read(),
    });
    this.virtual = virtual;
    const stop = virtual._didMount();
    virtual._willUpdate();
    this.read();
    return () => {
      this.virtual = null;
      stop();
    };
  };

  /** There are more or fewer rows. */
  resize(count: number): void {
    const { virtual } = this;
    if (!virtual || virtual.options.count === count) return;
    virtual.setOptions({ ...virtual.options, count });
    virtual._willUpdate();
    this.read();
  }

  private read(): void {
    const { virtual } = this;
    if (!virtual) return;
    const items = virtual.getVirtualItems();
    const [head, tail] = [items[0], items[items.length - 1]];
    this.first = head?.index ?? 0;
    this.last = (tail?.index ?? -1) + 1;
    this.above_px = head?.start ?? 0;
    this.below_px = virtual.getTotalSize() - (tail?.end ?? 0);
  }
}
