// jmap-jam.mjs PORT USER PASSWORD: session, mailboxes, upload, import, query
// with a back-reference, set, download. Prints one JSON object of what it saw.
import { JamClient } from 'jmap-jam';

const [port, user, pass] = process.argv.slice(2);
const octets = Buffer.from(
	`From: <a@example.net>\r\nTo: <${user}>\r\nSubject: by jam\r\n\r\nHi\r\n`);

// It knows Bearer only; here a password is what there is.
const plain = globalThis.fetch;
globalThis.fetch = (url, init) => plain(url, { ...init, headers: {
	...init.headers,
	Authorization: 'Basic ' + Buffer.from(`${user}:${pass}`).toString('base64'),
} });

const jam = new JamClient({
	bearerToken: 'none',
	sessionUrl: `https://127.0.0.1:${port}/.well-known/jmap`,
});
const seen = {};
const accountId = await jam.getPrimaryAccount();
const [boxes] = await jam.api.Mailbox.get({ accountId });
const inbox = boxes.list.find((m) => m.role === 'inbox').id;
seen.roles = boxes.list.map((m) => m.role).sort();

const blob = await jam.uploadBlob(accountId, octets);
const [imported] = await jam.api.Email.import({ accountId, emails: {
	one: { blobId: blob.blobId, mailboxIds: { [inbox]: true },
		keywords: { $flagged: true } } } });
const id = imported.created.one.id;

const [{ found, emails }] = await jam.requestMany((t) => {
	const query = t.Email.query({ accountId,
		filter: { inMailbox: inbox, hasKeyword: '$flagged' },
		sort: [{ property: 'receivedAt', isAscending: false }], limit: 1 });
	return { found: query, emails: t.Email.get({ accountId,
		ids: query.$ref('/ids'), properties: ['subject', 'keywords'] }) };
});
seen.found = found.ids[0] === id;
seen.email = { ...emails.list[0], id: undefined };

const [changed] = await jam.api.Email.set({ accountId,
	update: { [id]: { 'keywords/$seen': true } } });
seen.updated = changed.updated[id] === null;
const file = await jam.downloadBlob({ accountId, mimeType: 'message/rfc822',
	blobId: imported.created.one.blobId, fileName: 'one.eml' });
seen.same = Buffer.from(await file.arrayBuffer()).equals(octets);
seen.type = file.headers.get('content-type');
const [gone] = await jam.api.Email.set({ accountId, destroy: [id] });
seen.destroyed = gone.destroyed[0] === id;
try {
	await jam.api.Email.get({ accountId, ids: null });
} catch (error) {
	seen.error = error.map?.((e) => e.type) ?? error.type;
}
console.log(JSON.stringify(seen));
