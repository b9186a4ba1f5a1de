// The first minute: what is there, one message read, marked, put away, and out.
import { alice, assert, base, deliverInOrder, folder, goFolder, noFindings, open, row,
	signIn, signOut, story, until } from './lib.mjs';

await deliverInOrder(...[1, 2, 3].map((n) => ({ subject: `Letter ${n}`,
	text: `Dear Alice,\n\nthis is letter ${n}.\n\n> what you said\n> then\n` })));
await story(async (page) => {
	await signIn(page);
	await until(() => page.locator('.row').count(), 3);
	await until(() => folder(page, 'Inbox').locator('.count').innerText(), '3');
	await until(() => page.title(), '(3) Inbox – Postern');
	assert.match(await page.locator('.row').first().innerText(), /Letter 3/);
	await noFindings(page, 'the list');

	await open(page, 'Letter 2');
	const text = page.locator('.plain');
	await text.getByText('this is letter 2.').waitFor();
	assert.equal(await text.getByText('what you said').isVisible(), false);
	await text.getByText('Quoted text').click();
	await text.getByText('what you said').waitFor();
	await page.locator('.people', { hasText: alice }).waitFor();
	await until(() => page.title(), '(2) Inbox – Postern');
	await until(() => row(page, 'Letter 2').locator('.dot').count(), 0);
	await noFindings(page, 'a message');

	const tools = page.getByRole('toolbar');
	await tools.getByRole('button', { name: 'Flag', exact: true }).click();
	await row(page, 'Letter 2').getByRole('button', { name: 'Remove flag' })
		.waitFor();
	await tools.getByRole('button', { name: 'Mark unread' }).click();
	await until(() => page.title(), '(3) Inbox – Postern');

	// Away, and back; away for good is a question.
	await open(page, 'Letter 1');
	await tools.getByRole('button', { name: 'Archive' }).click();
	await until(() => page.locator('.row').count(), 2);
	await page.getByRole('button', { name: 'Undo' }).click();
	await until(() => page.locator('.row').count(), 3);
	await open(page, 'Letter 1');
	await tools.getByRole('button', { name: 'Delete' }).click();
	await until(() => row(page, 'Letter 1').count(), 0);
	await goFolder(page, 'Trash');
	await open(page, 'Letter 1');
	await tools.getByRole('button', { name: 'Delete' }).click();
	await page.getByRole('button', { name: 'Delete for good' }).click();
	await page.getByText('Nothing here').waitFor();

	// What was done is done: the server says the same to a new page.
	await page.reload();
	await page.getByText('Nothing here').waitFor();
	await goFolder(page, 'Inbox');
	await until(() => page.locator('.row').count(), 2);
	await row(page, 'Letter 2').getByRole('button', { name: 'Remove flag' })
		.waitFor();

	await signOut(page);
	await page.goto(`${base}/`);
	await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
