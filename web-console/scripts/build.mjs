/**
 * Builds every entry into dist/: the chat page, the consoles, the custom element.
 *
 * Three builds and not one, so that the seeker's first load never carries a
 * line of the consoles'. Text files get a `.gz` beside them: the server sends it as it is.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist/`;
/** Old phones and in-app browsers: what the widget must run on. */
const target = ['chrome87', 'safari14'];

const base = {
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [svelte()],
};
const output = {
  outDir: dist,
  emptyOutDir: false,
  target,
  modulePreload: false,
  assetsInlineLimit: 0,
  reportCompressedSize: false,
};

const pages = (names) => ({
  ...base,
  build: { ...output, rolldownOptions: { input: names.map((name) => `${root}${name}.html`) } },
});

const element = {
  ...base,
  build: {
    ...output,
    rolldownOptions: {
      input: `${root}src/widget/element.ts`,
      output: { format: 'iife', entryFileNames: 'widget.js' },
    },
  },
};

/**
 * A `rem` is the size of the page's own root: on a school's page with a small or huge one the
 * element would shrink or burst. What goes into the element says pixels instead.
 */
async function fixSizes() {
  const sheets = (await readdir(`${dist}assets`)).filter((name) => /^embed.*\.css$/.test(name));
  for (const file of ['widget.js', ...sheets.map((name) => `assets/${name}`)]) {
    const text = await readFile(dist + file, 'utf8');
    const fixed = text.replace(/(\d*\.?\d+)rem\b/g, (_, count) => `${Number(count) * 16}px`);
    await writeFile(dist + file, fixed);
  }
}

async function compress() {
  const files = await readdir(dist, { recursive: true });
  for (const file of files.filter((name) => /\.(html|js|css|svg|json)$/.test(name))) {
    await writeFile(`${dist}${file}.gz`, gzipSync(await readFile(dist + file), { level: 9 }));
  }
}

await rm(dist, { recursive: true, force: true });
await build(pages(['chat', 'quiet']));
await build(pages(['desk', 'watch', 'office']));
await build(element);
await fixSizes();
await compress();
