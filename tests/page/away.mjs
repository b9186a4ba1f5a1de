// Somebody goes away, and who writes to them is told so; then they are back.
import { alice, assert, bob, deliver, noFindings, row, signIn, signOut, story }
	from './lib.mjs';

async function openAway(page) {
	await page.getByRole('button', { name: alice }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	return page.getByRole('dialog', { name: 'Settings' }).locator('section')
		.filter({ has: page.getByRole('heading', { name: 'Away' }) });
}

await story(async (page) => {
	await signIn(page, alice);
	let part = await openAway(page);
	const save = () => part.getByRole('button', { name: 'Save' }).click();
	await part.getByLabel('Answer for me').check();
	await save();
	await part.getByText('What should the answer say?').waitFor();
	await part.getByLabel('Text of the answer').fill('I am at the sea.');
	await part.getByLabel('Subject of the answer').fill('Back on Monday');
	await part.getByLabel('First day').fill('2026-11-02');
	await part.getByLabel('Last day').fill('2026-11-01');
	await save();
	await part.getByText('The last day is before the first.').waitFor();
	await part.getByLabel('Last day').fill('2099-12-31');
	await noFindings(page, 'being away');
	await save();
	await page.getByText('Those who write to you are answered.').waitFor();

	await page.reload();
	await page.getByRole('link', { name: 'Inbox' }).waitFor();
	part = await openAway(page);
	assert.equal(await part.getByLabel('First day').inputValue(),
		'2026-11-02');
	assert.equal(await part.getByLabel('Last day').inputValue(), '2099-12-31');
	assert.equal(await part.getByLabel('Text of the answer').inputValue(),
		'I am at the sea.');
	assert(await part.getByLabel('Answer for me').isChecked());
	await deliver({ from: `Bob <${bob}>`, subject: 'Are you there?' });

	await page.keyboard.press('Escape');
	await signOut(page, alice);
	await signIn(page, bob);
	await row(page, 'Back on Monday').waitFor();
	await signOut(page, bob);
	await signIn(page, alice);
	part = await openAway(page);
	await part.getByLabel('Answer for me').uncheck();
	await save();
	await page.getByText('Nobody is answered.').waitFor();
});
