// imapflow.mjs IMAPS_PORT USER PASSWORD: list, append, fetch, flags, copy,
// move, idle, delete, folders. Prints one JSON object of what it saw.
import { ImapFlow } from 'imapflow';

const [port, user, pass] = process.argv.slice(2);
const options = {
	host: '127.0.0.1',
	port: Number(port),
	secure: true,
	auth: { user, pass },
	tls: { rejectUnauthorized: false },
	logger: false,
};
const message = (subject) => Buffer.from(
	`From: <a@example.net>\r\nTo: <${user}>\r\nSubject: ${subject}\r\n` +
	'MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n');

const client = new ImapFlow(options);
const other = new ImapFlow(options);
const seen = {};

await client.connect();
await other.connect();
seen.list = (await client.list()).map((m) => m.path);
seen.status = await client.status('INBOX', { messages: true });

const added = await client.append('INBOX', message('one'), ['\\Flagged']);
seen.appended = Boolean(added);
const lock = await client.getMailboxLock('INBOX');
try {
	seen.exists = client.mailbox.exists;
	seen.compressed = Boolean(client._deflate);
	const one = await client.fetchOne('*', {
		envelope: true, flags: true, bodyStructure: true, source: true,
		uid: true, internalDate: true, size: true,
	});
	seen.subject = one.envelope.subject;
	seen.flags = [...one.flags];
	seen.type = one.bodyStructure.type;
	seen.source = one.source.equals(message('one'));
	seen.size = one.size === message('one').length;
	seen.text = (await client.download(String(one.seq), '1')) !== undefined;
	await client.messageFlagsAdd('*', ['\\Seen', 'Work']);
	seen.added = [...(await client.fetchOne('*', { flags: true })).flags]
		.filter((f) => f !== '\\Recent').sort();
	await client.messageFlagsRemove('*', ['Work']);

	seen.found = await client.search({ subject: 'ONE', unseen: false });
	seen.notFound = await client.search({ body: 'good bye' });
	const copied = await client.messageCopy('*', 'Archive');
	seen.copied = copied.uidMap.size;
	const moved = await client.messageMove('*', 'Drafts');
	seen.moved = moved.uidMap.size;
	seen.left_to_move = client.mailbox.exists;
	await client.mailboxOpen('Drafts');
	await client.messageMove('1:*', 'INBOX', { uid: true });
	await client.mailboxOpen('INBOX');

	// Another connection appends; we hear of it while idling.
	const told = new Promise((resolve) => client.once('exists', resolve));
	const idle = client.idle();
	await other.append('INBOX', message('two'));
	seen.told = (await told).count;
	await client.noop();
	await idle;
	await client.messageDelete('1:*');
	seen.left = client.mailbox.exists;
} finally {
	lock.release();
}

// A client that was away hears what it missed.
const away = new ImapFlow({ ...options, qresync: true });
await client.append('Archive', message('three'));
await client.append('Archive', message('four'));
const { highestModseq, uidValidity } = await client.mailboxOpen('Archive');
await client.messageDelete('1');
await client.messageFlagsAdd('*', ['\\Answered']);
await away.connect();
seen.resync = { gone: [], flags: [] };
away.on('expunge', (e) => seen.resync.gone.push([e.vanished, e.earlier]));
away.on('flags', (e) => seen.resync.flags.push([...e.flags].sort()));
await away.mailboxOpen('Archive', {
	changedSince: highestModseq, uidValidity });
seen.resync.exists = away.mailbox.exists;
seen.resync.changed = (await away.fetchAll('1:*', { flags: true },
	{ changedSince: highestModseq })).length;
seen.resync.same = (await away.fetchAll('1:*', { flags: true },
	{ changedSince: away.mailbox.highestModseq })).length;
await away.logout();

// Folders.
const made = await client.mailboxCreate(['Entwürfe', '2026']);
const again = await client.mailboxCreate(['Entwürfe', '2026']);
const renamed = await client.mailboxRename(
	'Entwürfe/2026', ['Entwürfe', '2027']);
await client.mailboxSubscribe('Entwürfe/2027');
const folders = await client.list({ statusQuery: { messages: true } });
const found = folders.find((f) => f.path === 'Entwürfe/2027');
const deleted = await client.mailboxDelete('Entwürfe/2027');
await client.mailboxDelete('Entwürfe');
seen.folders = {
	created: [made.created, again.created], path: made.path,
	renamed: renamed.newPath, subscribed: found.subscribed,
	messages: found.status.messages,
	use: folders.find((f) => f.path === 'Sent').specialUse,
	deleted: deleted.path,
	left: (await client.list()).some((f) => f.path.startsWith('Entw')),
};
await client.logout();
await other.logout();
console.log(JSON.stringify(seen));
