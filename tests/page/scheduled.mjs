// A message that is to leave later: seen, taken back, scheduled again, and sent
// now.
import { alice, assert, folder, goFolder, noFindings, row, signIn, story, until }
	from './lib.mjs';

await story(async (page) => {
	await signIn(page);
	const sheet = page.getByRole('region', { name: 'New message' });
	const button = (name) => page.getByRole('button', { name, exact: true });
	const scheduled = page.locator('.scheduled');
	await page.keyboard.press('c');
	await sheet.getByLabel('To', { exact: true }).fill(alice);
	await sheet.getByLabel('Subject').fill('To myself');
	await sheet.getByLabel('Text').fill('Remember.');
	await sheet.getByRole('button', { name: 'Send later' }).click();
	const when = page.getByRole('dialog', { name: 'Send later' });
	await noFindings(page, 'when');
	await when.getByRole('button', { name: 'Tomorrow morning' }).click();
	await page.getByText(/To be sent: .*08:00/).waitFor();

	// Seen, also by who comes again.
	await scheduled.getByText('1').waitFor();
	await page.reload();
	await scheduled.click();
	const all = page.getByRole('dialog', { name: 'Scheduled' });
	await all.getByText(alice).waitFor();
	await noFindings(page, 'scheduled');
	await all.getByRole('link', { name: 'To myself' }).click();
	await page.locator('.plain').getByText('Remember.').waitFor();

	// A draft again.
	await scheduled.click();
	await all.getByRole('button', { name: 'Back to drafts' }).click();
	await all.getByText('Nothing waits to be sent.').waitFor();
	await button('Close').last().click();
	await until(() => scheduled.count(), 0);
	await until(() => folder(page, 'Drafts').locator('.count').innerText(), '1');
	await goFolder(page, 'Drafts');
	await row(page, 'To myself').getByRole('link').click();

	// At a time of their own, undone, and once more.
	const draft = page.getByRole('region', { name: 'Draft' });
	const at = async () => {
		await draft.getByRole('button', { name: 'Send later' }).click();
		await when.getByLabel('At this time').fill(
			`${new Date(Date.now() + 5 * 86400_000).toISOString()
				.slice(0, 11)}10:30`);
		await when.getByRole('button', { name: 'Send later' }).click();
		await page.getByText(/To be sent: .*10:30/).last().waitFor();
	};
	await at();
	await button('Undo').last().click();
	assert.equal(await draft.getByLabel('Subject').inputValue(), 'To myself');
	await at();
	await goFolder(page, 'Inbox');
	await page.getByText('All read, all done').waitFor();

	// Now.
	await scheduled.click();
	await all.getByRole('button', { name: 'Send now' }).click();
	await all.getByText('Nothing waits to be sent.').waitFor();
	await button('Close').last().click();
	await row(page, 'To myself').waitFor();
	await goFolder(page, 'Sent');
	await until(() => page.locator('.row').count(), 1);
});
