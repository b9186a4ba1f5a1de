// A folder of one's own: made, filled, renamed, deleted.
import { assert, deliver, folder, goFolder, noFindings, open, row, signIn, story,
	until } from './lib.mjs';

await deliver({ subject: 'For the folder' });
await story(async (page) => {
	await signIn(page);
	await page.getByRole('button', { name: 'New folder' }).click();
	await page.getByLabel('Name of the folder').fill('Reisen');
	await noFindings(page, 'a question');
	await page.getByRole('button', { name: 'Create' }).click();
	await folder(page, 'Reisen').waitFor();
	await open(page, 'For the folder');
	await page.keyboard.press('v');
	await page.getByRole('dialog').getByRole('button', { name: 'Reisen' }).click();
	await page.getByText('All read, all done').waitFor();
	await goFolder(page, 'Reisen');
	await row(page, 'For the folder').waitFor();

	await folder(page, 'Reisen').hover();
	await page.getByRole('button', { name: 'Rename' }).click();
	await page.getByLabel('Name of the folder').fill('Fahrten');
	await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
	await folder(page, 'Fahrten').waitFor();
	await folder(page, 'Fahrten').hover();
	await page.getByRole('button', { name: 'Delete folder' }).click();
	await page.getByText('and the 1 message in it').waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete folder' })
		.click();
	await until(() => folder(page, 'Fahrten').count(), 0);
	await until(() => folder(page, 'Inbox').getAttribute('class'),
		'folder current');
	assert.equal(await page.locator('.row').count(), 0);
});
