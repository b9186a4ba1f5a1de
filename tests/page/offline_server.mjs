// The server itself is gone, and comes back without any sign-in: what was read is
// removed from the device, and what waits is closed until its writer comes again.
import { createInterface } from 'node:readline';
import { alice, assert, base, bob, deliver, fillIn, open, row, signOut, story,
	until } from './lib.mjs';
import { all, fillInKeeping, isEmpty, kept, reopen } from './offline.mjs';

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
/** Says what the server is to do, until it has. */
async function server(what) {
	console.log(what);
	assert.equal((await answers.next()).value, what);
}

await deliver({ subject: 'Seen', text: 'The text that I have read.' });
await story(async (page, context) => {
	await page.goto(`${base}/`);
	await fillInKeeping(page);
	await open(page, 'Seen');
	await page.locator('.plain').getByText('that I have read').waitFor();
	await kept(page, 'Seen');

	// Nobody asks it for anything, and it is noticed.
	await server('stop');
	await page.locator('.offline').waitFor();
	page = await reopen(context, page);
	await open(page, 'Seen');
	await page.locator('.plain').getByText('that I have read').waitFor();
	await page.keyboard.press('s');
	await row(page, 'Seen').getByRole('button', { name: 'Remove flag' }).waitFor();
	await page.keyboard.press('c');
	const sheet = page.getByRole('region', { name: 'New message' });
	await sheet.getByLabel('To', { exact: true }).fill(bob);
	await sheet.getByLabel('Subject').fill('A secret of mine');
	await sheet.locator('input[type=file]').setInputFiles({ name: 'Plan.txt',
		mimeType: 'text/plain', buffer: Buffer.from('the plan') });
	await sheet.getByLabel('Text').fill('It is attached.');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await sheet.waitFor({ state: 'detached' });
	await until(() => all(page, 'queue').then((q) => q.length), 2);

	await server('start');
	await page.getByText('You have been signed out').waitFor({ timeout: 90_000 });
	for (const name of ['facts', 'emails', 'bodies', 'queue'])
		await until(async () => (await all(page, name)).join(), '');
	const sealed = await all(page, 'sealed');
	assert.equal(sealed.length, 1);
	assert.ok(!sealed[0].includes('secret'));
	assert.ok(await page.getByLabel('Keep mail').isChecked());

	// It is nothing to another.
	await page.getByLabel('Keep mail').uncheck();
	await fillIn(page, bob);
	assert.equal(await row(page, 'Seen').count(), 0);
	assert.equal(await page.getByText('Waiting').count(), 0);
	await signOut(page, bob);
	await fillIn(page, alice);
	await row(page, 'Seen').getByRole('button', { name: 'Remove flag' }).waitFor();
	await until(() => page.getByText('Waiting').count(), 0);
	await signOut(page);
	await isEmpty(page);
	await fillIn(page, bob);
	await open(page, 'A secret of mine');
	const [download] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: 'Plan.txt' }).click()]);
	const chunks = await (await download.createReadStream()).toArray();
	assert.equal(Buffer.concat(chunks).toString(), 'the plan');
	assert.equal(await row(page, 'A secret of mine').count(), 1);
}, { allowed: [/net::ERR_/, /status of 401/] });
console.log('end');
process.stdin.destroy();
