// Signing out without the server: what waits is asked about, the device forgets at
// once, in every window, and the server is told later. And a sign-in that is ended
// from elsewhere leaves nothing either.
import { alice, assert, base, deliver, open, row, signIn, story, until }
	from './lib.mjs';
import { fillInKeeping, isEmpty, kept } from './offline.mjs';

await deliver({ subject: 'Seen', text: 'The text that I have read.' });
const account = async (page, what) => {
	await page.getByRole('button', { name: alice }).click();
	await page.getByRole('button', { name: what, exact: true }).click();
};
const form = (page) => page.getByRole('button', { name: 'Sign in' });
const signedIn = (page) => page.evaluate(async () =>
	(await fetch('/session')).status);

await story(async (page, context) => {
	await page.goto(`${base}/`);
	await fillInKeeping(page);
	await open(page, 'Seen');
	await kept(page, 'Seen');
	const other = await context.newPage();
	await other.goto(`${base}/`);
	await row(other, 'Seen').waitFor();
	await context.setOffline(true);
	await page.locator('.offline').waitFor();
	await page.keyboard.press('s');
	await page.locator('.scheduled', { hasText: 'Waiting' }).waitFor();
	await account(page, 'Sign out');
	await page.getByText('waits for the server, and would be lost').waitFor();
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Sign out' })
		.click();
	await form(page).waitFor();
	await form(other).waitFor();
	await isEmpty(page);

	// Its cookie is still there, and opens nothing.
	await context.setOffline(false);
	assert.equal(await signedIn(page), 200);
	await page.reload();
	await form(page).waitFor();
	assert.equal(await signedIn(page), 401);

	// From elsewhere.
	await other.close();
	await fillInKeeping(page);
	await open(page, 'Seen');
	await kept(page, 'Seen');
	await story(async (there) => {
		await signIn(there);
		assert.equal(await row(there, 'Seen').getByRole('button',
			{ name: 'Remove flag' }).count(), 0);
		await account(there, 'Sign out everywhere');
		await form(there).waitFor();
	});
	await page.keyboard.press('s');
	await page.getByText('You have been signed out').waitFor();
	await isEmpty(page);
	await until(() => page.locator('.row').count(), 0);

	// Nobody knows what was ended in a fortnight.
	await fillInKeeping(page);
	await open(page, 'Seen');
	await kept(page, 'Seen');
	await page.close();
	await context.setOffline(true);
	for (const [days, what] of [[13, 'Seen'], [15, '']]) {
		const later = await context.newPage();
		await later.clock.setSystemTime(Date.now() + days * 86400_000);
		await later.goto(`${base}/`);
		if (what) {
			await row(later, what).waitFor();
		} else {
			await form(later).waitFor();
			await isEmpty(later);
		}
		await later.close();
	}
}, { allowed: [/net::ERR_/, /status of 401/] });
