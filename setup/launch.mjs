// Launches Chromium, off the network but for the pages that a script opens: PLAYWRIGHT is the folder of playwright-core,
// CHROMIUM the browser.

import { createRequire } from 'node:module';

const { chromium } = createRequire(process.env.PLAYWRIGHT)('playwright-core');

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
