// Several at once; and more of them than one page of the list.
import { assert, deliver, folder, goFolder, row, signIn, story, until }
	from './lib.mjs';

for (let n = 1; n <= 120; n++)
	await deliver({ subject: `Number ${n}.` });
await story(async (page) => {
	await signIn(page);
	await until(() => row(page, 'Number 120.').count(), 1);
	for (const n of [120, 118, 117])
		await row(page, `Number ${n}.`).getByRole('checkbox').check();
	await page.getByText('3 selected').waitFor();
	const tools = page.getByRole('toolbar');
	await tools.getByRole('button', { name: 'Mark read' }).click();
	await until(() => page.title(), '(117) Inbox – Postern');
	await tools.getByRole('button', { name: 'Move to …' }).click();
	await page.getByRole('dialog').getByLabel('Move to').fill('arch');
	await page.keyboard.press('Enter');
	await until(() => row(page, 'Number 118.').count(), 0);
	assert.equal(await row(page, 'Number 119.').count(), 1);
	await goFolder(page, 'Archive');
	await until(() => page.locator('.row').count(), 3);
	await goFolder(page, 'Inbox');
	await until(() => row(page, 'Number 119.').count(), 1);

	// To the end of the list: what is looked at is fetched, no more is drawn.
	await page.locator('.rows').evaluate((e) => e.scrollTo(0, e.scrollHeight));
	await row(page, 'Number 1.').waitFor();
	assert.ok(await page.locator('.row').count() < 40);
	assert.equal(await row(page, 'Number 1.').getAttribute('aria-setsize'), '117');
	await until(() => folder(page, 'Inbox').locator('.count').innerText(), '117');
});
