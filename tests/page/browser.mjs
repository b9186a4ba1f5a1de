// Chromium for all stories: where it is reached, a line; until our input ends.
import { chromium } from 'playwright-core';

const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--ignore-certificate-errors'] });
console.log(server.wsEndpoint());
process.stdin.on('end', () => server.close()).resume();
