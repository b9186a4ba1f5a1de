// What is done without the server is done there when it is back: in order, once,
// also if the page was closed meanwhile, and from two windows.
import { alice, assert, base, bob, deliverInOrder, folder, goFolder, noFindings,
	open, row, signIn, story, until } from './lib.mjs';
import { fillInKeeping, kept, online, reopen } from './offline.mjs';

await deliverInOrder({ subject: 'To remove' }, { subject: 'To archive' },
	{ subject: 'Gone elsewhere' }, { subject: 'To answer', from: bob,
		text: 'What do you say?' }, { subject: 'To flag' });
const count = (page, name) => folder(page, name).locator('.count');
const waiting = (page) => page.locator('.scheduled', { hasText: 'Waiting' });
const button = (page, name) => page.getByRole('button', { name, exact: true });

await story(async (page, context) => {
	await page.goto(`${base}/`);
	await fillInKeeping(page);
	await open(page, 'To answer');
	await page.locator('.plain').getByText('What do you say').waitFor();
	await kept(page, 'To answer');
	await until(() => count(page, 'Inbox').innerText(), '4');
	await context.setOffline(true);
	await page.locator('.offline').waitFor();

	// Moved, undone, moved; flagged; removed.
	await row(page, 'To archive').getByRole('checkbox').check();
	await page.keyboard.press('e');
	await until(() => page.locator('.row').count(), 4);
	await button(page, 'Undo').click();
	await until(() => page.locator('.row').count(), 5);
	await row(page, 'To archive').getByRole('checkbox').check();
	await page.keyboard.press('e');
	await until(() => page.locator('.row').count(), 4);
	await row(page, 'To remove').getByRole('checkbox').check();
	await page.keyboard.press('#');
	await row(page, 'To flag').getByRole('button', { name: 'Flag' }).click();
	await row(page, 'Gone elsewhere').getByRole('button', { name: 'Flag' })
		.click();
	await until(() => count(page, 'Inbox').innerText(), '2');

	// Answered, with a file; undone, and sent.
	await open(page, 'To answer');
	await button(page, 'Reply').click();
	const sheet = page.getByRole('region', { name: 'Reply' });
	await sheet.getByLabel('Text').fill('Here is what I say.');
	await sheet.locator('input[type=file]').setInputFiles({ name: 'Say.txt',
		mimeType: 'text/plain', buffer: Buffer.from('this') });
	await sheet.getByText('Kept on this device').waitFor();
	await page.keyboard.press('Control+Enter');
	await page.getByText(`To be sent to ${bob}`).waitFor();
	await button(page, 'Undo').last().click();
	await sheet.getByLabel('Text').fill('It is attached.');
	await sheet.getByRole('button', { name: 'Send', exact: true }).click();
	await sheet.waitFor({ state: 'detached' });
	// Half a message, and what goes from another window.
	const fresh = (at) => at.getByRole('region', { name: 'New message' });
	await page.keyboard.press('c');
	await fresh(page).getByLabel('Subject').fill('Half a thought');
	await fresh(page).getByText('Kept on this device').waitFor();
	await page.keyboard.press('Escape');
	await fresh(page).waitFor({ state: 'detached' });
	const other = await context.newPage();
	await other.goto(`${base}/`);
	await until(() => other.locator('.row').count(), 3);
	await other.keyboard.press('c');
	await fresh(other).getByLabel('To', { exact: true }).fill(bob);
	await fresh(other).getByLabel('Subject').fill('From another window');
	await fresh(other).getByRole('button', { name: 'Send', exact: true }).click();
	await other.getByText(`To be sent to ${bob}`).waitFor();

	// Whoever comes again has all of it, and can write on.
	page = await reopen(context, page);
	await until(() => page.locator('.row').count(), 3);
	await waiting(page).click();
	const box = page.getByRole('dialog', { name: 'Waiting' });
	await box.getByText('Half a thought').waitFor();
	await box.getByText('other changes').waitFor();
	await noFindings(page, 'what waits');
	await box.locator('li', { hasText: 'Half a thought' })
		.getByRole('button', { name: 'Edit' }).click();
	await fresh(page).getByLabel('Text').fill('The other half.');
	await fresh(page).getByText('Kept on this device').waitFor();
	await goFolder(page, 'Archive');
	await row(page, 'To archive').waitFor();
	await goFolder(page, 'Inbox');

	// Elsewhere it is removed for good meanwhile.
	await story(async (there) => {
		await signIn(there);
		assert.equal(await there.locator('.row').count(), 5);
		await row(there, 'Gone elsewhere').getByRole('checkbox').check();
		await there.keyboard.press('#');
		await until(() => there.locator('.row').count(), 4);
		await goFolder(there, 'Trash');
		await row(there, 'Gone elsewhere').getByRole('checkbox').check();
		await there.keyboard.press('#');
		await button(there, 'Delete for good').click();
		await there.getByText('Nothing here').waitFor();
	});

	await context.setOffline(false);
	await Promise.any([page, other].map((one) =>
		one.getByText('nothing was done to it: Gone elsewhere').waitFor()));
	await online(page);
	await online(other);
	await until(() => waiting(page).count(), 0);
	await until(() => waiting(other).count(), 0);
	await until(() => page.locator('.row').count(), 2);
	await fresh(page).getByText('Draft saved').waitFor();
	await page.keyboard.press('Escape');
	await until(() => count(page, 'Drafts').innerText(), '1');
}, { allowed: [/net::ERR_/] });

// As the server has it.
await story(async (page) => {
	await signIn(page);
	await page.getByLabel('Show as').selectOption('Messages');
	await until(() => page.locator('.row').count(), 2);
	assert.equal(await row(page, 'To flag')
		.getByRole('button', { name: 'Remove flag' }).count(), 1);
	assert.equal(await row(page, 'To answer').locator('.line .icon').count(), 1);
	await goFolder(page, 'Archive');
	await until(() => page.locator('.row').count(), 1);
	await row(page, 'To archive').waitFor();
	await goFolder(page, 'Trash');
	await until(() => page.locator('.row').count(), 1);
	await row(page, 'To remove').waitFor();
	await goFolder(page, 'Drafts');
	await until(() => page.locator('.row').count(), 1);
	await row(page, 'The other half.').waitFor();
	await goFolder(page, 'Sent');
	await until(() => page.locator('.row').count(), 2);
});
await story(async (page) => {
	await signIn(page, bob);
	await page.getByLabel('Show as').selectOption('Messages');
	await until(() => page.locator('.row').count(), 2);
	await row(page, 'From another window').waitFor();
	await open(page, 'Re: To answer');
	await page.locator('.plain').getByText('It is attached.').waitFor();
	await page.getByRole('link', { name: 'Say.txt' }).waitFor();
	await new Promise((done) => setTimeout(done, 3000));
	assert.equal(await page.locator('.row').count(), 2);
});
