/**
 * Generates src/protocol/ from the frames in Rust; so does every `cargo test` (.cargo/config.toml). With `--check` it fails when
 * what is committed differs from what the frames say.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const protocol = fileURLToPath(new URL('../src/protocol', import.meta.url));

execFileSync('cargo', ['test', '--quiet', '--lib', 'export_bindings'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, TS_RS_EXPORT_DIR: protocol },
});
if (process.argv.includes('--check')) {
  const changed = execFileSync('git', ['status', '--porcelain', '--', protocol], { cwd: root });
  if (changed.length > 0) {
    console.error(`the protocol types are stale; run npm run types and commit:\n${changed}`);
    process.exit(1);
  }
}
