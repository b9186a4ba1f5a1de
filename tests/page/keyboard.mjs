// Without a mouse: everything, from signing in to signing out.
import { assert, deliverInOrder, folder, noFindings, row, signIn, story, until }
	from './lib.mjs';

await deliverInOrder(...[1, 2, 3, 4].map((n) => ({ subject: `Letter ${n}` })));
await story(async (page) => {
	const press = (...keys) => keys.reduce((before, key) =>
		before.then(() => page.keyboard.press(key)), Promise.resolve());
	await signIn(page);
	await until(() => page.locator('.row').count(), 4);
	await press('?');
	await page.getByText('Read or unread').waitFor();
	await noFindings(page, 'the keys');
	await press('Escape');
	await press('j', 'Enter');
	await page.locator('.reader h1', { hasText: 'Letter 3' }).waitFor();
	await until(() => row(page, 'Letter 3').locator('.dot').count(), 0);
	await press('j');
	await page.locator('.reader h1', { hasText: 'Letter 2' }).waitFor();
	await press('k', 'k');
	await page.locator('.reader h1', { hasText: 'Letter 4' }).waitFor();
	await press('s');
	await row(page, 'Letter 4').getByRole('button', { name: 'Remove flag' })
		.waitFor();
	await press('e');
	await page.locator('.reader h1', { hasText: 'Letter 3' }).waitFor();
	await press('z');
	await until(() => page.locator('.row').count(), 4);
	await press('Escape', 'x', 'j', 'x');
	await page.getByText('2 selected').waitFor();
	await press('#');
	await until(() => page.locator('.row').count(), 2);
	await press('r');
	assert.equal(await page.locator('.compose').count(), 0);
	await press('/');
	await page.keyboard.type('letter');
	await press('Enter');
	await until(() => page.getByText('Search results').count(), 1);
	await press('g', 'i');
	await until(() => folder(page, 'Inbox').getAttribute('class'),
		'folder current');
});
