/**
 * Prints what a seeker's first load weighs, gzipped, and fails above the limit, for the page and
 * for the element alike; fails too where the built files ask more of a phone than it has.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A phone on a poor school network gets this in about a second. */
const LIMIT_BYTES = 30_000;

/** What Chrome 87 or Safari 14 lacks and no build step mends. */
const TOO_NEW = {
  js: /\.at\(|\.findLast\(|\.toSorted\(|structuredClone|randomUUID|Object\.hasOwn|\.hasOwn\(|\?\?=|static\{/,
  css: /:has\(|:where\(|[;{]inset:|aspect-ratio|\d[ds]vh|color-mix|@layer|@container|[;{](row-|column-)?gap:/,
};

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const html = await readFile(`${dist}chat.html`, 'utf8');
const linked = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const sheets = (await readdir(`${dist}assets`)).filter((name) => /^embed.*\.css$/.test(name));

async function weigh(name, files) {
  const sizes = await Promise.all(
    files.map(async (file) => [file, (await readFile(`${dist}${file}.gz`)).length]),
  );
  const value = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const detail = { limit: LIMIT_BYTES, files: Object.fromEntries(sizes) };
  console.log(JSON.stringify({ name, value, unit: 'bytes', detail }));
  if (value > LIMIT_BYTES) process.exitCode = 1;
}

async function checkAge(file) {
  const text = await readFile(dist + file, 'utf8');
  const found = TOO_NEW[file.endsWith('.css') ? 'css' : 'js'].exec(text);
  if (!found) return;
  const around = text.slice(Math.max(0, found.index - 40), found.index + 60);
  console.error(`${file}: an old phone does not know «${found[0]}»: ${around}`);
  process.exitCode = 1;
}

await weigh('widget.first_load_gz_bytes', ['chat.html', ...linked]);
await weigh('widget.element_gz_bytes', ['widget.js']);
for (const file of [...linked, 'widget.js', ...sheets.map((name) => `assets/${name}`)]) {
  await checkAge(file);
}
