/**
 * Keeps the page as high as what can be seen of it.
 *
 * An on-screen keyboard covers the page on iPhones and in most in-app browsers, and the
 * composer with it; `dvh` came after the phones we must run on.
 */
export function fitToKeyboard(el: HTMLElement): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    // Zoomed in by two fingers, the reader moves about; the page stays as it is.
    if (seen.scale > 1.01) return;
    el.style.height = `${Math.round(seen.height)}px`;
    el.style.transform = seen.offsetTop > 0 ? `translateY(${Math.round(seen.offsetTop)}px)` : '';
  };
  seen.addEventListener('resize', fit);
  seen.addEventListener('scroll', fit);
  fit();
}
