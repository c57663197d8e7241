/** Prints what a seeker's first load weighs, gzipped, and fails above the limit. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A phone on a poor school network gets this in about a second. */
const LIMIT_BYTES = 30_000;

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const html = await readFile(`${dist}chat.html`, 'utf8');
const linked = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const files = ['chat.html', ...linked];
const sizes = await Promise.all(
  files.map(async (file) => [file, (await readFile(`${dist}${file}.gz`)).length]),
);
const value = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
const detail = { limit: LIMIT_BYTES, files: Object.fromEntries(sizes) };
console.log(JSON.stringify({ name: 'widget.first_load_gz_bytes', value, unit: 'bytes', detail }));
if (value > LIMIT_BYTES) process.exit(1);
