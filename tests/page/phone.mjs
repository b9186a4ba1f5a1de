// On a phone: one thing at a time.
import { assert, deliver, goFolder, noFindings, open, signIn, story }
	from './lib.mjs';

await deliver({ subject: 'A letter', text: 'For the small screen' });
await story(async (page) => {
	await signIn(page);
	assert.equal(await page.locator('.reader').isVisible(), false);
	await open(page, 'A letter');
	assert.equal(await page.locator('.list').isVisible(), false);
	await page.getByText('For the small screen').last().waitFor();
	await noFindings(page, 'a message on a phone');
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <=
		innerWidth));
	await page.goBack();
	await page.locator('.list').waitFor();
	await page.getByRole('button', { name: 'Menu' }).click();
	await noFindings(page, 'the menu on a phone');
	await goFolder(page, 'Archive');
	await page.getByText('Nothing here').waitFor();
}, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
