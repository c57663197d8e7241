/** How many talks the window has room for, so that each can still be read. */
const WIDE = [
  ['(min-width: 90em)', 3],
  ['(min-width: 75em)', 2],
] as const;

export function watchRoom(tell: (columns: number) => void): () => void {
  const queries = WIDE.map(([query, columns]) => ({ query: window.matchMedia(query), columns }));
  const changed = () => tell(queries.find(({ query }) => query.matches)?.columns ?? 1);
  for (const { query } of queries) query.addEventListener('change', changed);
  changed();
  return () => {
    for (const { query } of queries) query.removeEventListener('change', changed);
  };
}
