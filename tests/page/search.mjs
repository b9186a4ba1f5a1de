// Found by words and by operators, wherever it is.
import { assert, deliver, goFolder, open, row, signIn, story, until }
	from './lib.mjs';

await deliver({ subject: 'Invoice 17', text: 'Please pay the blue bicycle.' });
await deliver({ subject: 'Holiday', from: 'dave@example.net',
	text: 'We took bicycles.' });
await deliver({ subject: 'Nothing of it', attachments: [
	{ filename: 'empty.txt', content: '-' }] });
await story(async (page) => {
	await signIn(page);
	const look = async (text, ...subjects) => {
		await page.getByRole('searchbox').fill(text);
		await page.keyboard.press('Enter');
		await until(async () => (await page.locator('.row .subject')
			.allInnerTexts()).sort().join(), subjects.sort().join());
	};
	await open(page, 'Invoice');
	await page.keyboard.press('s');
	await page.keyboard.press('e');
	await until(() => row(page, 'Invoice').count(), 0);
	await look('blue bicycle', 'Invoice 17');
	await look('subject:holiday', 'Holiday');
	await look('from:dave', 'Holiday');
	await look('subject:invoice bicycle', 'Invoice 17');
	await look('is:flagged', 'Invoice 17');
	await look('has:attachment', 'Nothing of it');
	await look('before:2001-01-01');
	await page.getByText('Nothing was found').waitFor();
	assert.equal(await page.title().then((t) => t.includes('Search results')), true);
	await page.goBack();
	await until(() => page.locator('.row').count(), 1);
	await goFolder(page, 'Inbox');
	await until(() => page.locator('.row').count(), 2);
});
