// A script of the page speaks JMAP over WebSocket by the cookie of its sign-in,
// as the browser sends it: the origin, and no other header of ours.
import { alice, assert, signIn, story } from './lib.mjs';

await story(async (page) => {
	await signIn(page, alice);
	const seen = await page.evaluate(async () => {
		const session = await (await fetch('/.well-known/jmap')).json();
		const { url } =
			session.capabilities['urn:ietf:params:jmap:websocket'];
		const ws = new WebSocket(url, 'jmap');
		ws.onopen = () => ws.send(JSON.stringify({ '@type': 'Request',
			id: 'a', using: ['urn:ietf:params:jmap:core'],
			methodCalls: [['Core/echo', { a: 1 }, 'c']] }));
		const answer = await new Promise((resolve, reject) => {
			ws.onmessage = (event) => resolve(JSON.parse(event.data));
			ws.onclose = (event) => reject(new Error(`closed ${event.code}`));
		});
		const closed = new Promise((resolve) => (ws.onclose = resolve));
		ws.close(1000);
		return { id: answer.requestId, responses: answer.methodResponses,
			code: (await closed).code };
	});
	assert.deepEqual(seen, { id: 'a',
		responses: [['Core/echo', { a: 1 }, 'c']], code: 1000 });
}, { allowed: [/^request: wss?:/] });
