// Three messages of one conversation are one row, and as messages three.
import { assert, deliver, deliverInOrder, open, row, signIn, story, until } from './lib.mjs';

const first = { subject: 'Lunch', messageId: '<lunch@example.net>',
	text: 'Shall we?' };
const answer = (n) => ({ subject: 'Re: Lunch', text: `Answer ${n}`,
	inReplyTo: first.messageId, references: first.messageId });
await deliverInOrder(first, answer(1), answer(2));
await deliver({ subject: 'Something else' });
await story(async (page) => {
	await signIn(page);
	await until(() => page.locator('.row').count(), 2);
	await until(() => row(page, 'Lunch').locator('.many').innerText(), '3');
	await open(page, 'Lunch');
	await page.getByText('Shall we?').first().waitFor();
	assert.equal(await page.locator('.folded').count(), 2);
	await page.locator('.folded', { hasText: 'Answer 2' }).click();
	await page.locator('.plain', { hasText: 'Answer 2' }).waitFor();
	await until(() => page.title(), '(2) Inbox – Postern');

	await page.getByLabel('Show as').selectOption('Messages');
	await until(() => page.locator('.row').count(), 4);
	await page.getByLabel('Show as').selectOption('Conversations');
	await until(() => page.locator('.row').count(), 2);
	// All of it goes at once.
	await page.getByRole('toolbar').getByRole('button', { name: 'Archive' })
		.click();
	await until(() => page.locator('.row').count(), 1);
	await page.getByText('3 messages moved to Archive').waitFor();
});
