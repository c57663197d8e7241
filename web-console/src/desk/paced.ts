/** Redraws once for all that arrives within a frame; at once where no frame is drawn. */
export function paced(draw: () => void): () => void {
  let isDue = false;
  return () => {
    // A page in the background draws no frames, but its title must still change.
    if (document.visibilityState === 'hidden') return draw();
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  };
}
