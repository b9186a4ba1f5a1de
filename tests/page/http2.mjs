// The browser settles on HTTP/2, the page works by it, and events come on the
// same connection: nothing is asked for by another version.
import { assert, deliver, row, signIn, story } from './lib.mjs';

await deliver({ subject: 'Before' });
await story(async (page) => {
	await signIn(page);
	await row(page, 'Before').waitFor();
	await deliver({ subject: 'By events' });
	await row(page, 'By events').waitFor();
	const seen = await page.evaluate(() => [
		...performance.getEntriesByType('navigation'),
		...performance.getEntriesByType('resource'),
	].map((e) => [new URL(e.name).pathname, e.nextHopProtocol]));
	assert.ok(seen.some(([path]) => path === '/'));
	assert.ok(seen.some(([path]) => path.startsWith('/assets/')));
	assert.ok(seen.some(([path]) => path === '/jmap/api/'));
	assert.deepEqual(seen.filter(([, version]) => version !== 'h2'), []);
});
