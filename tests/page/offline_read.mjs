// What was seen is read without the server, also by who opens the page then; and
// nothing of it is there when they have signed out.
import { alice, assert, base, deliverInOrder, folder, goFolder, noFindings, open,
	row, signOut, story, until } from './lib.mjs';
import { fillInKeeping, isEmpty, kept, online, reopen } from './offline.mjs';

await deliverInOrder({ subject: 'Seen', text: 'The text that I have read.' },
	{ subject: 'Pictured', html: '<p>Look: <img src="cid:dot"></p>',
		attachments: [{ cid: 'dot', filename: 'dot.gif', content: Buffer.from(
			'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64') }] },
	{ subject: 'Between', text: 'Nor next to one.' },
	{ subject: 'Also between', text: 'Nor is this.' },
	{ subject: 'Never opened', text: 'Nobody has read this.' });
await story(async (page, context) => {
	await page.goto(`${base}/`);
	await noFindings(page, 'signing in');
	await fillInKeeping(page);
	await open(page, 'Seen');
	await page.locator('.plain').getByText('that I have read').waitFor();
	await open(page, 'Pictured');
	await page.frameLocator('iframe').locator('img[src^="data:"]').waitFor();
	await kept(page, 'Pictured');

	await context.setOffline(true);
	page = await reopen(context, page);
	await page.getByText('What you have seen is here').waitFor();
	await until(() => page.title(), 'Offline – (3) Inbox – Postern');
	assert.equal(await folder(page, 'Inbox').locator('.count').innerText(), '3');
	await until(() => page.locator('.row').count(), 5);
	await page.getByText('All of this folder is here.').waitFor();
	await noFindings(page, 'offline');
	await page.emulateMedia({ colorScheme: 'dark' });
	await noFindings(page, 'offline, dark');
	await page.emulateMedia({ colorScheme: 'light' });
	await open(page, 'Seen');
	await page.locator('.plain').getByText('that I have read').waitFor();
	await open(page, 'Pictured');
	await page.frameLocator('iframe').locator('img[src^="data:"]').waitFor();
	await open(page, 'Never opened');
	await page.getByText('is not on this device').waitFor();
	await noFindings(page, 'a message that is not here');
	await page.getByLabel('Search mail').fill('subject:seen');
	await page.keyboard.press('Enter');
	await until(() => page.locator('.row').count(), 1);
	await goFolder(page, 'Archive');
	await page.getByText('Nothing here').waitFor();

	// Back: nobody has to load it again.
	await goFolder(page, 'Inbox');
	await open(page, 'Never opened');
	await page.getByText('is not on this device').waitFor();
	await context.setOffline(false);
	await page.locator('.plain').getByText('Nobody has read this').waitFor();
	await online(page);
	await deliverInOrder({ subject: 'Pushed', text: 'Events go on.' });
	await row(page, 'Pushed').waitFor({ timeout: 8000 });

	await signOut(page);
	await isEmpty(page);
	await page.reload();
	await page.getByRole('button', { name: 'Sign in' }).waitFor();

	// Who does not want it kept has nothing kept.
	await page.getByLabel('Address').fill(alice);
	assert.ok(!await page.getByLabel('Keep mail').isChecked());
	await page.getByLabel('Password').fill('postern-demo');
	await page.keyboard.press('Enter');
	await open(page, 'Seen');
	await page.locator('.plain').getByText('that I have read').waitFor();
	await isEmpty(page);
	// What this page knows it shows all the same.
	await context.setOffline(true);
	await page.getByText('as long as this page stays open').waitFor();
	await goFolder(page, 'Archive');
	await goFolder(page, 'Inbox');
	await until(() => page.locator('.row').count(), 6);
	await context.setOffline(false);
	await online(page);
}, { allowed: [/net::ERR_/] });
