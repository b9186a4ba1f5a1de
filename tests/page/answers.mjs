// Reply, reply to all, forward: to whom, about what, with what.
import { alice, assert, bob, deliver, goFolder, open, row, signIn, story, until }
	from './lib.mjs';

await deliver({ subject: 'Meeting', to: [alice, `Bob <${bob}>`],
	cc: 'dave@example.net', messageId: '<meeting@example.net>',
	text: 'At nine?\n> or ten', attachments: [{ filename: 'agenda.txt',
		content: 'nothing' }] });
await story(async (page) => {
	await signIn(page);
	await open(page, 'Meeting');
	await page.locator('.plain').getByText('At nine?').waitFor();
	const field = (name) => page.locator('.compose')
		.getByLabel(name, { exact: true }).inputValue();
	const discard = () => page.getByRole('button', { name: 'Discard' }).click();

	await page.getByRole('button', { name: 'Reply to all' }).click();
	assert.equal(await field('To'), 'Carol Jones <carol@example.net>');
	assert.equal(await field('Cc'), `Bob <${bob}>, dave@example.net`);
	await discard();
	await page.getByRole('button', { name: 'Forward' }).click();
	assert.equal(await field('Subject'), 'Fwd: Meeting');
	assert.match(await field('Text'), /From: Carol Jones <carol@example.net>/);
	await page.locator('.compose').getByText('agenda.txt').waitFor();
	await page.locator('.compose').getByLabel('To', { exact: true }).fill(alice);
	await page.keyboard.press('Control+Enter');
	await until(() => page.locator('.row').count(), 2);
	await open(page, 'Fwd: Meeting');
	await page.getByRole('link', { name: 'agenda.txt' }).waitFor();

	await row(page, 'Meeting').last().getByRole('link').click();
	await page.locator('.reader h1', { hasText: /^Meeting$/ }).waitFor();
	await page.locator('.message').getByRole('button', { name: 'Reply', exact: true })
		.click();
	assert.equal(await field('To'), `Carol Jones <carol@example.net>`);
	assert.equal(await page.locator('.compose').getByLabel('Cc', { exact: true })
		.count(), 0);
	assert.match(await field('Subject'), /^Re: /);
	assert.match(await field('Text'), /wrote:\n> At nine\?\n>> or ten$/);
	await page.keyboard.type('Yes.');
	assert.match(await field('Text'), /^Yes\.\n\nOn /);
	await page.getByRole('button', { name: 'Close' }).first().click();
	await goFolder(page, 'Drafts');
	await row(page, 'Re: Meeting').waitFor();
});
