// A newsletter: nothing of it runs, and nothing is fetched for it before that is
// wanted; what it brought along is there.
import { assert, deliver, noFindings, open, refused, signIn, story, until }
	from './lib.mjs';

const DOT = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42m' +
	'NkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
await deliver({ subject: 'News', html: `<style>h1 { color: #00f;
	background: url(https://pictures.example/style.png) }</style><h1>News</h1>
	<img id="far" src="https://pictures.example/far.png">
	<img id="near" src="cid:dot@example.net">
	<p onclick="parent.ran = 1">Text</p>
	<script>parent.ran = 1; top.location = 'https://elsewhere.example/'</script>
	<form action="https://elsewhere.example/"><input name="q"></form>
	<a href="https://news.example/more">More</a>
	<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">`,
attachments: [{ filename: 'dot.png', content: DOT, cid: 'dot@example.net' },
	{ filename: 'Bericht für Alice.txt', content: 'Grüße' }] });
await story(async (page, context) => {
	const asked = [];
	await context.route('https://pictures.example/**', (route) => {
		asked.push(route.request().url());
		return route.fulfill({ contentType: 'image/png', body: DOT });
	});
	await signIn(page);
	await open(page, 'News');
	const frame = page.frameLocator('iframe');
	const width = (id) => frame.locator(id).evaluate((i) => i.naturalWidth);
	await frame.getByRole('heading', { name: 'News' }).waitFor();
	await until(() => width('#near'), 1);
	assert.equal(await width('#far'), 0);
	assert.equal(await frame.locator('form, input, script').count(), 0);
	assert.equal(await frame.locator('a').getAttribute('rel'),
		'noopener noreferrer nofollow');
	assert.deepEqual(asked, []);
	await noFindings(page, 'HTML');

	await page.getByRole('button', { name: 'Show images' }).click();
	await until(() => width('#far'), 1);
	assert.equal(asked.includes('https://pictures.example/far.png'), true);
	assert.equal(await page.evaluate('window.ran'), undefined);

	// What stands in the text is not listed again.
	assert.equal(await page.locator('.attachments li').count(), 1);
	const [download] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: 'Bericht für Alice.txt' }).click()]);
	assert.equal(download.suggestedFilename(), 'Bericht für Alice.txt');
	const chunks = await (await download.createReadStream()).toArray();
	assert.equal(Buffer.concat(chunks).toString(), 'Grüße');
}, { allowed: [/pictures\.example/, refused] });
