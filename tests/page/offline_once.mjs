// The answer is lost on its way, again and again: what was asked for is done once.
import { assert, bob, goFolder, row, signIn, story, until }
	from './lib.mjs';


/** The server does it, and the page never hears of it: the first of each. */
async function lose(page, ...kinds) {
	const lost = [], begun = [];
	await page.route((url) => url.pathname.startsWith('/jmap/'),
		async (route) => {
			const asked = route.request().postData() ?? '';
			const kind = kinds.find((one) => one.test(asked) &&
				!begun.includes(one));
			if (!kind)
				return route.continue();
			begun.push(kind);
			await route.fetch();
			await route.abort('connectionreset');
			lost.push(kind);
		});
	return lost;
}
const CREATE = /"Email\/set",\{[^}]*"create"|"create":\{"d"/;
const SUBMIT = /"EmailSubmission\/set"/;

await story(async (page, context) => {
	await signIn(page);
	const sheet = page.getByRole('region', { name: 'New message' });
	const write = async (subject) => {
		await page.keyboard.press('c');
		await sheet.getByLabel('To', { exact: true }).fill(bob);
		await sheet.getByLabel('Subject').fill(subject);
		await sheet.getByLabel('Text').fill('Once.');
		await sheet.getByRole('button', { name: 'Send', exact: true }).click();
		await sheet.waitFor({ state: 'detached' });
	};
	// While it seems to be there.
	const lost = await lose(page, CREATE, SUBMIT);
	await write('Lost as a draft');
	await until(() => lost.length, 2);
	await page.locator('.offline').waitFor({ state: 'detached' });
	await until(() => page.locator('.scheduled', { hasText: 'Waiting' }).count(),
		0);
	await page.unrouteAll();
	const again = await lose(page, SUBMIT);
	await write('Lost when sent');
	await until(() => again.length, 1);
	await page.locator('.offline').waitFor({ state: 'detached' });
	await until(() => page.locator('.scheduled', { hasText: 'Waiting' }).count(),
		0);
	await page.unrouteAll();

	// When it is back.
	await context.setOffline(true);
	await page.locator('.offline').waitFor();
	await write('Lost when back');
	const back = await lose(page, CREATE, SUBMIT);
	await context.setOffline(false);
	await until(() => back.length, 2);
	await page.locator('.offline').waitFor({ state: 'detached' });
	await until(() => page.locator('.scheduled', { hasText: 'Waiting' }).count(),
		0);
	await page.unrouteAll();
	await goFolder(page, 'Drafts');
	await page.getByText('Nothing here').waitFor();
	await page.getByLabel('Show as').selectOption('Messages');
	await goFolder(page, 'Sent');
	await until(() => page.locator('.row').count(), 3);
}, { allowed: [/net::ERR_/] });

await story(async (page) => {
	await signIn(page, bob);
	await page.getByLabel('Show as').selectOption('Messages');
	// What can be undone leaves after ten seconds.
	await until(() => page.locator('.row').count(), 3);
	await new Promise((done) => setTimeout(done, 12_000));
	assert.equal(await page.locator('.row').count(), 3);
	for (const subject of ['Lost as a draft', 'Lost when sent', 'Lost when back'])
		assert.equal(await row(page, subject).count(), 1, subject);
});
