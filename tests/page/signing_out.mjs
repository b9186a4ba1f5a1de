// Who signs out a moment after sending, and after the last word of another
// message, has sent the one and has the other as a draft.
import { alice, assert, bob, fillIn, goFolder, row, signIn, signOut, story }
	from './lib.mjs';

await story(async (page) => {
	await signIn(page);
	const sheet = page.getByRole('region', { name: 'New message' });
	await page.keyboard.press('c');
	await sheet.getByLabel('To', { exact: true }).fill(bob);
	await sheet.getByLabel('Subject').fill('Sent as I left');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await page.getByText(`Sending to ${bob}`).waitFor();
	await page.getByRole('button', { name: 'Write' }).first().click();
	await sheet.getByLabel('Subject').fill('Half a thought');
	await signOut(page);

	await fillIn(page, bob);
	await row(page, 'Sent as I left').waitFor();
	await signOut(page, bob);
	await fillIn(page, alice);
	await goFolder(page, 'Drafts');
	await row(page, 'Half a thought').waitFor();
	await goFolder(page, 'Sent');
	await row(page, 'Sent as I left').waitFor();
});

// Whose sign-in has ended by itself finds what they were writing.
await story(async (page, context) => {
	await signIn(page);
	const sheet = page.getByRole('region', { name: 'New message' });
	await page.keyboard.press('c');
	await sheet.getByLabel('Subject').fill('Interrupted');
	await sheet.getByText('Draft saved').waitFor();
	await context.clearCookies();
	await sheet.getByLabel('Text').fill('The last word.');
	await page.getByText('You have been signed out').waitFor();
	await fillIn(page, alice);
	assert.equal(await sheet.getByLabel('Text').inputValue(),
		'The last word.');
	await page.keyboard.press('Escape');
	await sheet.waitFor({ state: 'detached' });
	await goFolder(page, 'Drafts');
	await row(page, 'Interrupted').waitFor();
}, { allowed: [/status of 401/] });
