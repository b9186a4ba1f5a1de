// What stories without the server have in common.
import { alice, base, fillIn, password, until } from './lib.mjs';

/** Signs in at a device of their own, until the page is on it. */
export async function fillInKeeping(page, user = alice) {
	await page.getByLabel('Keep mail').check();
	await fillIn(page, user, password);
	await until(() => page.evaluate(async () => !!await caches.match('/')), true);
}

export const all = (page, store) => page.evaluate((name) => new Promise((done, failed) => {
	const r = indexedDB.open('postern');
	r.onerror = () => failed(r.error);
	r.onsuccess = () => {
		if (!r.result.objectStoreNames.contains(name)) {
			r.result.close();
			indexedDB.deleteDatabase('postern');
			return done([]);
		}
		const got = r.result.transaction(name).objectStore(name).getAll();
		got.onsuccess = () => {
			r.result.close();
			done(got.result.map((one) => JSON.stringify(one)));
		};
	};
}), store);

/** Until this message is on the device, in the list and with its text. */
export async function kept(page, subject) {
	for (const store of ['emails', 'bodies'])
		await until(async () => (await all(page, store))
			.some((one) => one.includes(`"${subject}"`)), true);
}

/** Nothing of anybody: no mail, no page, no worker. */
export async function isEmpty(page) {
	for (const name of ['facts', 'emails', 'bodies', 'queue', 'sealed'])
		await until(async () => (await all(page, name)).join(), '');
	await until(() => page.evaluate(() => caches.keys().then((k) => k.length)), 0);
	await until(() => page.evaluate(async () =>
		(await navigator.serviceWorker.getRegistrations()).length), 0);
}

/** The page is closed, and opened by who comes later. */
export async function reopen(context, page) {
	await page.close();
	const other = await context.newPage();
	await other.goto(`${base}/`);
	return other;
}

export const online = (page) => page.locator('.offline')
	.waitFor({ state: 'detached' });
