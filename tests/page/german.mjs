// Auf Deutsch, wenn der Browser so spricht; und auf Englisch, wenn man mag.
import { alice, assert, base, password, story } from './lib.mjs';

await story(async (page) => {
	await page.goto(`${base}/`);
	await page.getByLabel('Adresse').fill(alice);
	await page.getByLabel('Passwort').fill(password);
	await page.getByRole('button', { name: 'Anmelden' }).click();
	await page.getByRole('link', { name: 'Eingang' }).waitFor();
	await page.getByText('Alles gelesen, alles erledigt').waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
	await page.getByRole('button', { name: alice }).click();
	await page.getByLabel('Sprache').selectOption('English');
	await page.getByRole('link', { name: 'Inbox' }).waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
}, { locale: 'de-DE' });
