// Somebody sets up a second factor, signs in by a code of it and by a recovery
// code, and takes it off.
import { createHmac } from 'node:crypto';
import { assert, bob, fillIn, noFindings, password, signIn, signOut, story }
	from './lib.mjs';

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 6238 of what is shown in base32. */
function codeOf(secret, ahead = 0) {
	const bits = [...secret.replaceAll(' ', '')].map((c) =>
		SIGNS.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
	const hs = createHmac('sha1', key).update(step).digest();
	const v = hs.readUInt32BE(hs[19] & 15) & 0x7fffffff;
	return String(v % 1000000).padStart(6, '0');
}

await story(async (page) => {
	await signIn(page, bob);
	const open = async () => {
		await page.getByRole('button', { name: bob }).click();
		await page.getByRole('button', { name: 'Settings' }).click();
		return page.getByRole('dialog', { name: 'Settings' })
			.locator('section').filter({ hasText: 'Second factor' });
	};
	const close = () => page.getByRole('dialog', { name: 'Settings' })
		.getByRole('button', { name: 'Close' }).click();
	let part = await open();
	await part.getByLabel('Your password').fill('wrong');
	await part.getByRole('button', { name: 'Set up' }).click();
	await part.getByText('That is not your password.').waitFor();
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'Set up' }).click();
	await part.getByRole('img', { name: 'QR code' }).waitFor();
	const secret = await part.locator('.made code').innerText();
	assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
	assert.match(await part.getByRole('link').getAttribute('href'),
		/^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}&/);
	await noFindings(page, 'a second factor that is set up');
	await part.getByLabel('The code it shows').fill('abc');
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'Turn on' }).click();
	await part.getByText('That is not the code.').waitFor();
	await part.getByLabel('The code it shows').fill(codeOf(secret, -1));
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'Turn on' }).click();
	await part.getByText('10 recovery codes are left').waitFor();
	const codes = await part.locator('.codes code').allInnerTexts();
	assert.equal(new Set(codes).size, 10);
	await noFindings(page, 'recovery codes');
	await close();

	// The password alone does not do any more.
	await signOut(page, bob);
	await page.getByLabel('Address').fill(bob);
	await page.getByLabel('Password').fill(password);
	await page.keyboard.press('Enter');
	await page.getByLabel('Code').fill('not it');
	await noFindings(page, 'the sign-in that wants a code');
	await page.keyboard.press('Enter');
	await page.getByText('either the code or the password').waitFor();
	await page.getByLabel('Code').fill(codeOf(secret));
	await page.keyboard.press('Enter');
	await page.locator('.mail .folder.current').waitFor();
	await signOut(page, bob);
	await page.getByLabel('Address').fill(bob);
	await page.getByLabel('Password').fill(password);
	await page.keyboard.press('Enter');
	await page.getByLabel('Code').fill(codes[0].toUpperCase());
	await page.keyboard.press('Enter');
	await page.locator('.mail .folder.current').waitFor();

	part = await open();
	await part.getByText('9 recovery codes are left').waitFor();
	await part.getByLabel('Code or recovery code').fill(codes[1]);
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'New recovery codes' }).click();
	await part.getByText('10 recovery codes are left').waitFor();
	const fresh = await part.locator('.codes code').allInnerTexts();
	assert.ok(!fresh.includes(codes[2]));
	await part.getByLabel('Turn off').check();
	await part.getByLabel('Code or recovery code').fill(codes[2]);
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'Turn off' }).click();
	await part.getByText('That is not the code.').waitFor();
	await part.getByLabel('Code or recovery code').fill(fresh[0]);
	await part.getByLabel('Your password').fill(password);
	await part.getByRole('button', { name: 'Turn off' }).click();
	await page.getByText('The second factor is off.').waitFor();
	await part.getByRole('button', { name: 'Set up' }).waitFor();
	await close();
	await signOut(page, bob);
	await fillIn(page, bob);
	await signOut(page, bob);
}, { allowed: [/console: .*status of (401|403|422)/] });
