import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = import.meta.dirname;
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte|css)$/.test(file) && !file.startsWith('protocol'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** Each room may look at these; entries never look at each other. */
const SEES: Record<string, readonly string[]> = {
  wire: ['protocol'],
  model: ['protocol', 'wire'],
  i18n: [],
  styles: [],
  ui: ['protocol', 'wire', 'model', 'i18n'],
  widget: ['protocol', 'wire', 'model', 'i18n', 'styles'],
  desk: ['protocol', 'wire', 'model', 'i18n', 'ui'],
  office: ['protocol', 'wire', 'model', 'i18n', 'ui'],
  watch: ['protocol', 'wire', 'model', 'i18n', 'ui'],
};

const roomOf = (path: string) => path.split('/')[0] ?? '';

function strangersOf(file: string, text: string): string[] {
  const allowed = [roomOf(file), ...(SEES[roomOf(file)] ?? [])];
  const imported = [...text.matchAll(/from '(\.[^']+)'|import '(\.[^']+)'/g)];
  return imported
    .map((match) => relative(ROOT, join(ROOT, file, '..', match[1] ?? match[2] ?? '')))
    .filter((path) => !allowed.includes(roomOf(path)));
}

function limitOf(file: string): number {
  if (file.endsWith('.svelte')) return 200;
  if (/\.test\.ts$|\.css$|^i18n\//.test(file)) return 450;
  return 350;
}

describe('the console', () => {
  it.each(files.filter(({ file }) => file.includes('/')))(
    '$file sees only the rooms below it',
    ({ file, text }) => {
      expect(strangersOf(file, text)).toEqual([]);
    },
  );

  it.each(files)('$file is not too long to read', ({ file, text }) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(limitOf(file));
  });

  it('models know no browser', () => {
    const models = files.filter(
      ({ file }) => file.startsWith('model/') && !file.endsWith('.test.ts'),
    );
    const guilty = models.filter(({ text }) =>
      /\b(window|document|localStorage|sessionStorage|navigator)\b/.test(text),
    );
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });

  it('no foreign host is named anywhere', () => {
    const guilty = files.filter(({ text }) => /https?:\/\/(?!here)/.test(text));
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });

  it('no style is written inline: the policy forbids it', () => {
    const guilty = files.filter(
      ({ file, text }) => file.endsWith('.svelte') && /\sstyle="/.test(text),
    );
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });
});
