// Somebody sees where they are signed in, and signs out there, and everywhere.
import { assert, bob, noFindings, signIn, story } from './lib.mjs';

await story(async (page, context) => {
	const other = await context.browser().newContext({
		ignoreHTTPSErrors: true,
		userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 ' +
			'Firefox/140.0' });
	const there = await other.newPage();
	await signIn(there, bob);
	await signIn(page, bob);
	await page.getByRole('button', { name: bob }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	const part = page.getByRole('dialog', { name: 'Settings' })
		.locator('section').filter({ has: page.getByRole('heading',
			{ name: 'Where you are signed in' }) });
	await part.getByText('(here)').waitFor();
	assert.equal(await part.locator('li').count(), 2);
	const from = page.getByRole('dialog', { name: 'Settings' })
		.locator('section').filter({ has: page.getByRole('heading',
			{ name: 'Where your account was used from' }) });
	await from.getByText('127.0.0.0/24').waitFor();
	await noFindings(page, 'where one is signed in');
	await part.getByRole('button', { name: 'Sign out Firefox on Linux' })
		.click();
	await part.getByText('Firefox on Linux').waitFor({ state: 'detached' });
	await there.reload();
	await there.getByRole('button', { name: 'Sign in' }).waitFor();
	await signIn(there, bob);
	await part.getByRole('button', { name: 'Sign out everywhere' }).click();
	await page.getByRole('button', { name: 'Sign in' }).waitFor();
	await there.reload();
	await there.getByRole('button', { name: 'Sign in' }).waitFor();
	await other.close();
}, { allowed: [/console: .*status of 401/] });
