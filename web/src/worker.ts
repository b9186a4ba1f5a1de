// Keeps the page on a device whose owner wanted it: its files as they came with
// this worker, so that it opens without the server. Mail is none of its business:
// what is no file of the page passes by it.                       Service Workers
interface Lasting extends Event { waitUntil(all: Promise<unknown>): void }
interface Asked extends Lasting {
	request: Request;
	respondWith(answer: Promise<Response>): void;
}
interface Worker {
	addEventListener(type: 'install' | 'activate' | 'message',
		run: (e: Lasting) => void): void;
	addEventListener(type: 'fetch', run: (e: Asked) => void): void;
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void> };
}
/** Written in by the build: the files, the first of the scripts, and a name that
 * is another one when any of them is. */
declare const FILES: string[];
declare const SCRIPT: string;
declare const VERSION: string;

const worker = self as unknown as Worker;
const OURS = 'page ';
const MINE = OURS + VERSION;
/** Beside its own, those of the page that is open when this worker comes. */
const FORMER = 1;
const PATIENCE_MS = 3000;

/** All of one build, or nothing: between two questions the server may have become
 * another one. */
async function keepFiles() {
	const page = await fetch('/', { cache: 'no-cache' });
	if (!page.ok || !(await page.clone().text()).includes(SCRIPT))
		throw new Error('the page is of another build');
	const cache = await caches.open(MINE);
	await cache.addAll(FILES);
	await cache.put('/', page);	// the last: then they are all there
}

async function install() {
	await keepFiles();
	await worker.skipWaiting();
}

/** One that was sent away comes again as it was, without its files, if the page that
 * it was sent away from is still open. */
async function keepAgain() {
	if (!await (await caches.open(MINE)).match('/'))
		await keepFiles();
}

async function activate() {
	const names = (await caches.keys()).filter((name) => name !== MINE &&
		name.startsWith(OURS));
	await Promise.all(names.slice(0, -FORMER)
		.map((name) => caches.delete(name)));
	await worker.clients.claim();
}

/** The server's page while it answers; else the one that is kept. */
async function page(request: Request): Promise<Response> {
	const kept = await (await caches.open(MINE)).match('/');
	if (!kept)
		return fetch(request);
	const asked = fetch(request).then((answer) =>
		answer.status >= 500 ? kept : answer, () => kept);
	const late = new Promise<Response>((done) =>
		setTimeout(() => done(kept), PATIENCE_MS));
	return Promise.race([asked, late]);
}

/** Called by their content, they are what they were. */
const file = async (request: Request): Promise<Response> =>
	await caches.match(request, { ignoreVary: true }) ?? fetch(request);

worker.addEventListener('install', (e) => e.waitUntil(install()));
worker.addEventListener('message', (e) => e.waitUntil(keepAgain()));
worker.addEventListener('activate', (e) => e.waitUntil(activate()));
worker.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin)
		return;
	if (e.request.mode === 'navigate' && url.pathname === '/')
		e.respondWith(page(e.request));
	else if (url.pathname.startsWith('/assets/'))
		e.respondWith(file(e.request));
});
