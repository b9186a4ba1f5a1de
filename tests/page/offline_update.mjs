// The page is installed, and the server gets another version: it is what is shown
// when the page is next opened, then also without the server, and what an open page
// loads late is still there.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { alice, assert, base, more, password, story, until } from './lib.mjs';

const TYPES = { js: 'text/javascript', css: 'text/css', html: 'text/html',
	svg: 'image/svg+xml', png: 'image/png',
	webmanifest: 'application/manifest+json' };
let [build, next] = more;

/** The files of a build, with what the server says of them; the rest is its own. */
const server = createServer((asked, answer) => {
	const path = asked.url === '/' ? '/index.html' : asked.url;
	const isFile = /^\/(index\.html|worker\.js|assets\/[^/]+)$/.test(path);
	const type = TYPES[path.split('.').at(-1)];
	const up = request(`${base}${asked.url}`, { method: asked.method,
		headers: asked.headers, rejectUnauthorized: false }, (r) => {
		if (!isFile) {
			answer.writeHead(r.statusCode, r.headers);
			r.pipe(answer);
			return;
		}
		r.resume();
		if (!existsSync(build + path)) {
			answer.writeHead(404).end();
			return;
		}
		answer.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache',
			'Content-Security-Policy': r.headers['content-security-policy'] });
		createReadStream(build + path).pipe(answer);
	});
	up.on('error', () => answer.destroy());
	answer.on('close', () => up.destroy());
	asked.pipe(up);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const here = `http://localhost:${server.address().port}`;
const caches = (page) => page.evaluate(() => window.caches.keys());
const lead = (page) => page.locator('.brand').innerText();

await story(async (page, context) => {
	await page.goto(`${here}/`);
	const cdp = await context.newCDPSession(page);
	const { errors, data } = await cdp.send('Page.getAppManifest');
	assert.deepEqual(errors, []);
	assert.equal(JSON.parse(data).name, 'Postern');
	const { installabilityErrors } =
		await cdp.send('Page.getInstallabilityErrors');
	assert.deepEqual(installabilityErrors.map((e) => e.errorId)
		.filter((id) => id !== 'in-incognito'), []);

	await page.getByLabel('Address').fill(alice);
	await page.getByLabel('Password').fill(password);
	await page.getByLabel('Keep mail').check();
	await page.keyboard.press('Enter');
	await page.locator('.folder.current').waitFor();
	await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
	});
	await until(async () => (await caches(page)).length, 1);
	const [first] = await caches(page);
	const mine = await page.evaluate(() =>
		document.querySelector('script').getAttribute('src'));
	// Of others nothing is in it.
	const kept = await page.evaluate(async (name) => (await (await
		window.caches.open(name)).keys()).map((r) => new URL(r.url).pathname),
		first);
	assert.deepEqual(kept.filter((path) => path !== '/' &&
		!path.startsWith('/assets/')), []);

	const former = build;
	build = next;
	await page.reload();
	await until(() => lead(page), 'Postern II');
	await until(async () => (await caches(page)).at(-1) !== first, true);
	// What it came in the place of is there as long as a page may want it.
	assert.ok(await page.evaluate(async (path) => (await fetch(path)).ok, mine));
	assert.ok(!existsSync(next + mine) && existsSync(former + mine));
	await until(() => page.evaluate(async () => {
		const r = await navigator.serviceWorker.getRegistration();
		return !r.waiting && !r.installing && r.active.state === 'activated';
	}), true);

	// Without the server it is the new one, too.
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	await page.reload();
	await until(() => lead(page), 'Postern II');
	await page.locator('.offline').waitFor();
	assert.ok(readFileSync(`${next}/worker.js`, 'utf8').includes(
		await page.evaluate(() =>
			document.querySelector('script').getAttribute('src'))));
}, { allowed: [/^request: http:\/\/localhost/, /net::ERR_/] });
