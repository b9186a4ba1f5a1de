// One signs out, another signs in where the first one was: what the page knew of
// the first is nothing to the second, though both have a message of the same id.
import { alice, assert, bob, deliver, fillIn, row, signIn, signOut, story }
	from './lib.mjs';

const subjectOf = (to) => to === alice ? 'For Alice' : 'For Bob';
const send = async (to, n = 1) => {
	while (n-- > 0)
		await deliver({ to, subject: subjectOf(to), text: `This is ${to}'s.` });
};

const newest = (page, user) =>
	row(page, subjectOf(user)).first().getByRole('link');
/** The number its id is made of. */
const numberOf = async (link) =>
	Number(/\d+$/.exec(await link.getAttribute('href'))[0]);

await send(alice);
await send(bob);
await story(async (page) => {
	await signIn(page);
	await page.getByLabel('Show as').selectOption('Messages');
	const hers = await numberOf(newest(page, alice));
	await signOut(page);
	await fillIn(page, bob);
	const his = await numberOf(newest(page, bob));
	await signOut(page, bob);
	await send(alice, his - hers);
	await send(bob, hers - his);

	await fillIn(page, alice);
	await newest(page, alice).click();
	await page.locator('.plain', { hasText: `This is ${alice}'s.` }).waitFor();
	await page.keyboard.press('c');
	await page.getByRole('region', { name: 'New message' }).waitFor();
	await page.keyboard.press('Escape');
	const id = /[^/]+$/.exec(page.url())[0];
	await signOut(page);

	await fillIn(page, bob);
	await newest(page, bob).click();
	assert.equal(/[^/]+$/.exec(page.url())[0], id);
	await page.locator('.plain', { hasText: `This is ${bob}'s.` }).waitFor();
	await page.keyboard.press('c');
	const draft = page.waitForRequest((r) => r.postData()?.includes('"$draft"'));
	await page.getByLabel('Subject').fill('From me');
	assert.ok((await draft).postData().includes(`"email":"${bob}"`));
});
