import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskUrls } from './masking.js';

describe('maskUrls', () => {
  const rows: [string, string][] = [
    ['postgresql://u:secret@h:5432/d', 'postgresql://u:****@h:5432/d'],
    ['rabbit://u:secret@h1:5672,v:secret@h2:5672/vh', 'rabbit://u:****@h1:5672,v:****@h2:5672/vh'],
    ['http://a:secret@h1,http://b:secret@h2', 'http://a:****@h1,http://b:****@h2'],
    ['see http://u:secret@h/ and http://h/', 'see http://u:****@h/ and http://h/'],
    ['http://:secret@h', 'http://:****@h'],
    // Passwords that should have been percent-encoded.
    ['http://u:se@cret@h/', 'http://u:****@h/'],
    ['http://u:se/cret@h/', 'http://u:****@h/'],
    ['rabbit://u:se,cret@h/', 'rabbit://u:****@h/'],
    ['http://u:se:cret@h/', 'http://u:****@h/'],
    ['http://u@domain:secret@h/', 'http://u@domain:****@h/'],
    ['http://u:se cret@h/ and me@h', 'http://u:****@h/ and me@h'],
    ['http://u:se cret@h1/, http://v:secret@h2/', 'http://u:****@h1/, http://v:****@h2/'],
    ['postgresql://h/d?user=u&password=secret&sslmode=off', 'postgresql://h/d?user=u&password=****&sslmode=off'],
    // Nothing to hide.
    ['http://h:80/ of me@example.org', 'http://h:80/ of me@example.org'],
    ['http://h/?q=password', 'http://h/?q=password'],
    ['http://h:80/path', 'http://h:80/path'],
    ['rabbit://h1:5672,h2:5672/', 'rabbit://h1:5672,h2:5672/'],
    ['someone@example.org', 'someone@example.org'],
    ['http://u@h/', 'http://u@h/'],
  ];
  for (const [text, wanted] of rows) {
    it(text, () => {
      assert.equal(maskUrls(text), wanted);
      assert.doesNotMatch(maskUrls(text), /secret|cret/);
    });
  }
});
