import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUrl } from './console-tokens.js';

describe('the URL of a console', () => {
  it('has the token where nova has it', () => {
    assert.equal(
      accessUrl('http://127.0.0.1:6080/vnc_auto.html', 'novnc', 'abc'),
      'http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3Dabc',
    );
    assert.equal(
      accessUrl('https://cloud.example/novnc/vnc_lite.html?path=novnc', 'novnc', 'abc'),
      'https://cloud.example/novnc/vnc_lite.html?path=novnc%3Ftoken%3Dabc',
    );
    assert.equal(accessUrl('ws://127.0.0.1:6083/', 'serial', 'abc'), 'ws://127.0.0.1:6083/?token=abc');
    assert.equal(
      accessUrl('http://127.0.0.1:6082/spice_auto.html', 'spice-html5', 'abc'),
      'http://127.0.0.1:6082/spice_auto.html?token=abc',
    );
  });
});
