// Each view, in the light and in the dark, as a screen reader and others see it.
import { deliver, noFindings, open, signIn, story } from './lib.mjs';

await deliver({ subject: 'Plain', text: 'Text\n> quoted\nhttps://example.org/' });
await deliver({ subject: 'Pages', html: '<p>Text</p>' });
for (const colorScheme of ['light', 'dark'])
	await story(async (page) => {
		await signIn(page);
		const look = (what) => noFindings(page, `${what}, ${colorScheme}`);
		await look('the list');
		await open(page, 'Plain');
		await page.locator('.plain').waitFor();
		await look('plain text');
		await open(page, 'Pages');
		await page.locator('iframe').waitFor();
		await look('HTML');
		await page.locator('.row').first().getByRole('checkbox').check();
		await look('selected');
		await page.keyboard.press('v');
		await page.getByRole('dialog').waitFor();
		await look('moving');
		await page.keyboard.press('Escape');
		await page.keyboard.press('?');
		await page.getByRole('dialog').waitFor();
		await look('the keys');
	}, { colorScheme });
