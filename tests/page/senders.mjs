// Somebody says whose mail they do not want, and lets go what was held.
import { assert, bob, noFindings, signIn, story } from './lib.mjs';

const one = { message: 4711, from: 'x@bad.example', sender: 'x@bad.example',
	subject: 'Win now', verdict: 'score=11.0', octets: 1000,
	held: '2026-11-30T10:00:00Z', until: '2026-12-14T10:00:00Z' };

await story(async (page) => {
	// Mail from this machine is not judged: the list is what it would be.
	let list = [one];
	await page.route('**/account/held', (route) => route.fulfill({
		json: { held: list } }));
	await page.route('**/account/held/4711/release', (route) => {
		list = [];
		return route.fulfill({ status: 204 });
	});
	await signIn(page, bob);
	await page.getByRole('button', { name: bob }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	const box = page.getByRole('dialog', { name: 'Settings' });
	const part = (name) => box.locator('section').filter({
		has: page.getByRole('heading', { name }) });
	await part('Mail held back').getByText('x@bad.example').waitFor();
	await noFindings(page, 'held mail');
	await part('Mail held back').getByRole('button',
		{ name: 'Move Win now to the inbox' }).click();
	await part('Mail held back').waitFor({ state: 'detached' });

	const senders = part('Senders');
	const add = (who, does) => senders.getByLabel('Address or domain').fill(who)
		.then(() => senders.getByLabel('What becomes').selectOption(does))
		.then(() => senders.getByRole('button', { name: 'Add' }).click());
	await add('bad.example', 'junk');
	await senders.getByText('bad.example').waitFor();
	await add('no name', 'block');
	await senders.getByText('That is no address').waitFor();
	await noFindings(page, 'senders');
	await page.reload();
	await page.getByRole('button', { name: bob }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	const row = senders.locator('li').filter({ hasText: 'bad.example' });
	assert.match(await row.textContent(), /Into Junk/);
	await row.getByRole('button', { name: 'Remove bad.example' }).click();
	await row.waitFor({ state: 'detached' });
}, { allowed: [/console: .*status of 422/] });
