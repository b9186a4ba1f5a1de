// Each payload is a message; each is opened.
import { readFileSync } from 'node:fs';
import { alice, assert, deliver, more, refused, signIn, story } from './lib.mjs';

const payloads = JSON.parse(readFileSync(more[0], 'utf8'));
// Whatever they would do to a window is seen there.
const TRAP = `for (const name of ['alert', 'prompt', 'confirm', 'open'])
	window[name] = () => { top.postMessage('ran', '*'); window.ran = name; };`;
for (const [n, { payload }] of payloads.entries())
	await deliver({ envelope: { from: 'carol@example.net', to: [alice] }, raw:
		`From: carol@example.net\r\nSubject: Payload ${n}.\r\n` +
		'MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n' +
		'Content-Transfer-Encoding: base64\r\n\r\n' +
		Buffer.from(payload).toString('base64').replace(/.{76}/g, '$&\r\n') +
		'\r\n' });
await story(async (page, context) => {
	await context.route((url) => !/^(localhost|127\.0\.0\.1)$/.test(url.hostname),
		(route) => route.abort());
	await context.addInitScript(TRAP);
	await page.addInitScript(() => window.addEventListener('message', () =>
		window.ran = 'message'));
	await signIn(page);
	await page.getByLabel('Show as').selectOption('Messages');
	const before = await page.evaluate(() => Object.keys(window)
		.filter((name) => isNaN(name)).join());
	let seen = 0;
	const opened = new Set();
	await page.locator('.row a').first().click();
	while (opened.size < payloads.length) {
		await page.locator('.reader h1').filter({ hasNotText:
			[...opened].at(-1) ?? 'nothing yet' }).waitFor();
		opened.add(await page.locator('.reader h1').textContent());
		await page.locator('.message iframe, .message .plain').waitFor();
		await page.waitForTimeout(30);
		for (const frame of page.frames().slice(1))
			seen += await frame.evaluate(() => document.readyState)
				.then(() => 1, () => 0);
		await page.keyboard.press('j');
	}
	assert.ok(seen > payloads.length / 2, `${seen} frames`);
	assert.equal(await page.evaluate('window.ran'), undefined);
	assert.equal(await page.evaluate(() => Object.keys(window)
		.filter((name) => isNaN(name)).join()), before);
	assert.equal(context.pages().length, 1);
}, { allowed: [refused] });
