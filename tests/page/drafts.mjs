// A draft is there again, as it was, and gone when it is discarded.
import { assert, bob, folder, goFolder, noFindings, row, signIn, story, until }
	from './lib.mjs';

await story(async (page) => {
	await signIn(page);
	await page.keyboard.press('c');
	await page.getByLabel('To', { exact: true }).fill(bob);
	await page.getByRole('button', { name: 'Cc, Bcc' }).click();
	await page.getByLabel('Bcc', { exact: true }).fill('quiet@example.net');
	await page.getByLabel('Subject').fill('Half');
	await page.getByLabel('Text').fill('Half a thought\n  with spaces');
	await page.getByText('Draft saved').waitFor();
	await noFindings(page, 'writing in the dark');
	await page.keyboard.press('Escape');
	await until(() => page.locator('.compose').count(), 0);
	await page.reload();
	await goFolder(page, 'Drafts');
	await row(page, 'Half').getByRole('link').click();
	const value = (name) => page.getByLabel(name, { exact: true }).inputValue();
	await page.locator('.compose').waitFor();
	assert.equal(await value('To'), bob);
	assert.equal(await value('Bcc'), 'quiet@example.net');
	assert.equal(await value('Text'), 'Half a thought\n  with spaces');
	// Saved again it is still one.
	await page.getByLabel('Text').fill('A whole thought');
	await page.getByText('Draft saved').waitFor();
	await until(() => folder(page, 'Drafts').locator('.count').innerText(), '1');
	// More files than the server takes at once.
	await page.locator('.compose input[type=file]').setInputFiles(
		Array.from({ length: 9 }, (_, i) => ({ name: `${i}.txt`,
			mimeType: 'text/plain', buffer: Buffer.alloc(100_000, 'x') })));
	await until(() => page.locator('.compose .attachments .size').count(), 9);
	await page.getByRole('button', { name: 'Discard' }).click();
	await page.getByText('Nothing here').waitFor();
	await until(() => folder(page, 'Drafts').locator('.count').count(), 0);
}, { colorScheme: 'dark' });
