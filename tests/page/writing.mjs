// A message with an attachment, to somebody here, who reads it in a page of theirs.
import { alice, assert, base, bob, folder, goFolder, noFindings, open, row, signIn,
	story, until } from './lib.mjs';

await story(async (page, context) => {
	await signIn(page);
	await page.getByRole('button', { name: 'Write' }).first().click();
	const sheet = page.getByRole('region', { name: 'New message' });
	await noFindings(page, 'writing');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await page.getByText('Say whom this is for.').waitFor();
	await sheet.getByLabel('To', { exact: true }).fill('nobody at all');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await page.getByText('“nobody at all” is no mail address.').waitFor();
	await sheet.getByLabel('To', { exact: true }).fill(`"Doe, Bob" <${bob}>`);
	await sheet.getByLabel('Subject').fill('Grüße');
	await sheet.getByLabel('Text').fill('It is attached.\n\nAlice');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await page.getByText('there is none. Send anyway?').waitFor();
	await page.getByRole('button', { name: 'Cancel' }).click();
	await sheet.locator('input[type=file]').setInputFiles({ name: 'Plan.txt',
		mimeType: 'text/plain', buffer: Buffer.from('the plan') });
	await sheet.getByText('8 B').waitFor();
	await sheet.getByText('Draft saved').waitFor();
	await until(() => folder(page, 'Drafts').locator('.count').innerText(), '1');

	// Sent, undone, sent.
	await page.keyboard.press('Control+Enter');
	await page.getByText('Sending to Doe, Bob').waitFor();
	await page.getByRole('button', { name: 'Undo' }).click();
	await sheet.getByLabel('Text').fill('It is attached, indeed.');
	// Whoever clicks twice sends one.
	await sheet.getByRole('button', { name: 'Send', exact: true })
		.evaluate((button) => {
			button.click();
			button.click();
		});
	await page.getByText('Sent', { exact: true }).nth(1).waitFor();
	await goFolder(page, 'Sent');
	await until(() => page.locator('.row').count(), 1);
	assert.match(await row(page, 'Grüße').innerText(), /Doe, Bob/);
	await goFolder(page, 'Drafts');
	await page.getByText('Nothing here').waitFor();

	// Who wants to undo nothing sends at once.
	await page.getByRole('button', { name: alice }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	const undo = page.getByLabel('Sending can be undone for');
	assert.equal(await undo.inputValue(), '10');
	await undo.selectOption('not at all');
	await page.keyboard.press('Escape');
	await page.reload();
	await page.getByRole('button', { name: 'Write' }).first().click();
	await sheet.getByLabel('To', { exact: true }).fill(bob);
	await sheet.getByLabel('Subject').fill('At once');
	await sheet.getByLabel('Text').fill('Now.');
	const handed = page.waitForRequest((r) =>
		r.postData()?.includes('EmailSubmission/set'));
	await page.keyboard.press('Control+Enter');
	assert.doesNotMatch((await handed).postData(), /HOLDFOR/);
	await page.getByText('Sent', { exact: true }).nth(1).waitFor();
	await goFolder(page, 'Sent');
	await until(() => page.locator('.row').count(), 2);

	await page.evaluate(() => localStorage.clear());
	await page.goto('about:blank');		// it asks for nothing any more
	await context.clearCookies();
	await page.goto(`${base}/`);
	await signIn(page, bob);
	await until(() => page.locator('.row').count(), 2);
	await open(page, 'Grüße');
	await page.getByText('It is attached, indeed.').last().waitFor();
	const [download] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: 'Plan.txt' }).click()]);
	const chunks = await (await download.createReadStream()).toArray();
	assert.equal(Buffer.concat(chunks).toString(), 'the plan');
});
