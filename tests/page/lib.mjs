// A story: somebody at a browser, who looks at what is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export { assert };
export const [base, alice, bob, password, ...more] = process.argv.slice(2);

const axe = readFileSync(createRequire(import.meta.url)
	.resolve('axe-core/axe.min.js'), 'utf8');

/** Tells a story; nothing may be complained of in it, and nothing be asked for
 * elsewhere, but what allowed says. */
export async function story(tell, { allowed = [], ...options } = {}) {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox'] });
	const context = await browser.newContext({ ignoreHTTPSErrors: true,
		locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
	const wrong = [];
	const watch = (page) => {
		page.setDefaultTimeout(20000);
		page.on('console', (m) => m.type() === 'error' &&
			wrong.push(`console: ${m.text()}`));
		page.on('pageerror', (e) => wrong.push(`error: ${e.stack}`));
		page.on('request', (r) => /^(https?|wss?):/.test(r.url()) &&
			!r.url().startsWith(`${base}/`) &&
			wrong.push(`request: ${r.url()}`));
	};
	context.on('page', watch);
	const page = await context.newPage();
	try {
		await tell(page, context);
		assert.deepEqual(wrong.filter((w) => !allowed.some((a) => a.test(w))), []);
	} catch (e) {
		console.error(wrong.join('\n'));
		console.error(await page.evaluate(() => document.body.innerText));
		throw e;
	} finally {
		await browser.close();
	}
}

export async function signIn(page, user = alice) {
	await page.goto(`${base}/`);
	await page.getByLabel('Address').fill(user);
	await page.getByLabel('Password').fill(password);
	await page.keyboard.press('Enter');
	await page.locator('.mail .folder.current').waitFor();
}

/** What a screen reader would stumble over. */
export async function noFindings(page, what) {
	const found = await page.evaluate(async (script) => {
		(0, eval)(script);
		return (await axe.run()).violations.map((v) =>
			`${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
	}, axe).catch((e) => [String(e)]);
	assert.deepEqual(found, [], what);
}
