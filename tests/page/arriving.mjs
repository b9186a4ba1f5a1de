// Mail that comes while somebody looks; and what another page does.
import { assert, deliver, open, row, signIn, story, until } from './lib.mjs';

await deliver({ subject: 'Before' });
await story(async (page, context) => {
	await signIn(page);
	await row(page, 'Before').waitFor();
	await new Promise((done) => setTimeout(done, 1001));
	await deliver({ subject: 'While you look' });
	await row(page, 'While you look').waitFor();
	await until(() => page.title(), '(2) Inbox – Postern');
	assert.match(await page.locator('.row').first().innerText(), /While you look/);

	const other = await context.newPage();
	await other.goto(page.url());
	await open(other, 'Before');
	await until(() => row(page, 'Before').locator('.dot').count(), 0);
	await until(() => page.title(), '(1) Inbox – Postern');
	await other.keyboard.press('#');
	await until(() => page.locator('.row').count(), 1);
});
