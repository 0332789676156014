import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Release {
  readonly requireVersion: (version: string, before: string) => void;
  readonly releaseChangelog: (
    text: string,
    version: string,
    day: string,
  ) => { readonly text: string; readonly section: string };
}
const release = fileURLToPath(new URL('../../tools/release.mjs', import.meta.url));

describe('a release', async () => {
  const { requireVersion, releaseChangelog } = (await import(release)) as Release;

  it('gives the unreleased section its version and day, and leaves an empty one', () => {
    const before = '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- It.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n';
    const { text, section } = releaseChangelog(before, '0.2.0', '2026-02-02');
    assert.equal(section, '### Fixed\n\n- It.');
    assert.equal(
      text,
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-02-02)\n\n### Fixed\n\n- It.\n\n## 0.1.0 (2026-01-01)\n\n- First.\n',
    );
    assert.throws(() => releaseChangelog(text, '0.3.0', '2026-02-03'), /"Unreleased" is empty or missing/);
  });

  it('takes the first one, which is at the end of the file', () => {
    const { text } = releaseChangelog('# Changelog\n\n## Unreleased\n\n- All.\n', '0.1.0', '2026-01-01');
    assert.equal(text, '# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-01-01)\n\n- All.\n');
  });

  it('refuses what is no version, or below the one before', () => {
    assert.doesNotThrow(() => requireVersion('0.1.0', '0.1.0'));
    assert.doesNotThrow(() => requireVersion('1.0.0-rc.1', '0.9.9'));
    assert.throws(() => requireVersion('v1', '0.1.0'), /expected a version as 1\.2\.3, found "v1"/);
    assert.throws(() => requireVersion('0.0.9', '0.1.0'), /0\.0\.9 is below 0\.1\.0/);
  });
});
