// Somebody types a wrong password, and is told so in words.
import { alice, assert, base, noFindings, story } from './lib.mjs';

await story(async (page) => {
	await page.goto(`${base}/`);
	await noFindings(page, 'the form');
	await page.getByLabel('Address').fill(alice);
	await page.getByLabel('Password').fill('something else');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByText('Wrong address or password.').waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.name),
		'password');
}, { allowed: [/status of 401/] });
