// A story: somebody at a browser, who looks at what is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createTransport } from 'nodemailer';
import { chromium } from 'playwright-core';

export { assert };
export const [base, alice, bob, password, smtp, browserAt, ...more] =
	process.argv.slice(2);

/** What the browser says of HTML that is only taken apart. */
export const refused = /(inline event handler|document's base URI).* violates/;

const axe = readFileSync(createRequire(import.meta.url)
	.resolve('axe-core/axe.min.js'), 'utf8');

/** Tells a story; nothing may be complained of in it, and nothing be asked for
 * elsewhere, but what allowed says. */
export async function story(tell, { allowed = [], ...options } = {}) {
	const browser = await chromium.connect(browserAt);
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
		for (const one of context.pages())
			console.error(await one.evaluate(() => document.body.innerText));
		throw e;
	} finally {
		await browser.close();
	}
}

const transport = createTransport({ host: '127.0.0.1', port: smtp,
	ignoreTLS: true });

/** Mail from outside, as it would come. */
export const deliver = (mail) => transport.sendMail(
	{ from: 'Carol Jones <carol@example.net>', to: alice, text: 'Text', ...mail });

/** One after the other, as a list that goes by the second shows them. */
export async function deliverInOrder(...all) {
	for (const [n, mail] of all.entries()) {
		if (n)
			await new Promise((done) => setTimeout(done, 1001));
		await deliver(mail);
	}
}

export async function signIn(page, user = alice) {
	await page.goto(`${base}/`);
	await fillIn(page, user);
}

/** The form that stands there already. */
export async function fillIn(page, user, secret = password) {
	await page.getByLabel('Address').fill(user);
	await page.getByLabel('Password').fill(secret);
	await page.keyboard.press('Enter');
	await page.locator('.mail .folder.current').waitFor({ state: 'attached' });
}

export async function signOut(page, user = alice) {
	await page.getByRole('button', { name: user }).click();
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await page.getByRole('button', { name: 'Sign in' }).waitFor();
}

/** The row of this subject. */
export const row = (page, subject) =>
	page.locator('.row', { hasText: subject });

export async function open(page, subject) {
	await row(page, subject).getByRole('link').click();
	await page.locator('.reader h1', { hasText: subject }).waitFor();
}

export const folder = (page, name) =>
	page.locator('.folder', { hasText: name });
export const goFolder = (page, name) =>
	folder(page, name).getByRole('link').click();

/** Until it holds; what was seen last, if it never does. A frame that is made
 * anew meanwhile has nothing to see. */
export async function until(what, wanted) {
	let seen;
	for (const end = Date.now() + 20000; Date.now() < end;) {
		try {
			seen = await what();
		} catch (e) {
			if (!/context was destroyed|detached/.test(e.message))
				throw e;
		}
		if (seen === wanted)
			return;
		await new Promise((done) => setTimeout(done, 50));
	}
	assert.equal(seen, wanted);
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
