/** Makes what scrolls sideways reachable by key, only while it does: no idle stops for Tab. */
export function reach(element: HTMLElement): () => void {
  const look = () => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  };
  const watch = new ResizeObserver(look);
  watch.observe(element);
  if (element.firstElementChild) watch.observe(element.firstElementChild);
  look();
  return () => watch.disconnect();
}
