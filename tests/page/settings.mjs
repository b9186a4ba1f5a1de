// Somebody makes an app password, looks at it, removes it; and takes another
// password. What they have open elsewhere is signed out; here they go on.
import { assert, bob, deliver, fillIn, noFindings, password, row, signIn,
	signOut, story } from './lib.mjs';

const CHOSEN = 'another of my words';

async function openSettings(page, user) {
	await page.getByRole('button', { name: user }).click();
	await page.getByRole('button', { name: 'Settings' }).click();
	return page.getByRole('dialog', { name: 'Settings' });
}

await story(async (page, context) => {
	await signIn(page, bob);
	await page.getByRole('button', { name: bob }).click();
	await page.getByText('of 5 GB used').waitFor();
	await noFindings(page, 'the account');
	await page.getByRole('button', { name: bob }).click();
	const box = await openSettings(page, bob);
	const apps = box.locator('section').filter(
		{ has: page.getByRole('heading', { name: 'App passwords' }) });
	await apps.getByLabel('Name of the program').fill('Telephone');
	await apps.getByLabel('Your password').fill('wrong');
	await apps.getByRole('button', { name: 'Make an app password' }).click();
	await apps.getByText('That is not your password.').waitFor();
	await apps.getByLabel('Your password').fill(password);
	await apps.getByRole('button', { name: 'Make an app password' }).click();
	const made = await apps.locator('code').innerText();
	assert.match(made, /^(\w{5}-){3}\w{5}$/);
	await apps.getByText('never used').waitFor();
	await noFindings(page, 'settings');
	// It is none of the page's, and there is one of a name.
	await apps.getByLabel('Name of the program').fill('Telephone');
	await apps.getByLabel('Your password').fill(password);
	await apps.getByRole('button', { name: 'Make an app password' }).click();
	await apps.getByText('Take another name').waitFor();
	await apps.getByRole('button', { name: 'Remove Telephone' }).click();
	await apps.locator('li').waitFor({ state: 'detached' });

	const other = await context.browser().newContext(
		{ ignoreHTTPSErrors: true });
	const there = await other.newPage();
	await signIn(there, bob);

	const mine = box.locator('section').filter({ hasText: 'New password' });
	const change = async (now, chosen, again = chosen) => {
		await mine.getByLabel('Your password').fill(now);
		await mine.getByLabel('New password').fill(chosen);
		await mine.getByLabel('The new one again').fill(again);
		await mine.getByRole('button', { name: 'Change password' }).click();
	};
	await change(password, CHOSEN, 'something else');
	await mine.getByText('The two are not the same.').waitFor();
	await change(password, 'password1');
	await mine.getByText('Take another one').waitFor();
	await change('wrong', CHOSEN);
	await mine.getByText('That is not your password.').waitFor();
	await change(password, CHOSEN);
	await page.getByText('The password was changed.').waitFor();
	await box.getByRole('button', { name: 'Close' }).click();

	// New mail still comes here; there it does not.
	await deliver({ to: bob, subject: 'After the change' });
	await row(page, 'After the change').waitFor();
	await there.reload();
	await there.getByRole('button', { name: 'Sign in' }).waitFor();
	await fillIn(there, bob, CHOSEN);
	await other.close();

	// And back, for whoever comes next.
	const told = page.getByText('The password was changed.');
	await told.waitFor({ state: 'detached' });
	await openSettings(page, bob);
	await change(CHOSEN, password);
	await told.waitFor();
	await box.getByRole('button', { name: 'Close' }).click();
	await signOut(page, bob);
}, { allowed: [/console: .*status of (401|403|409|422)/] });
