// http2.mjs PORT USER PASSWORD: one connection of HTTP/2, with the client of
// Node: many requests at once, events, an upload, one that is taken back, and
// what is not to be had. Prints one JSON object of what it saw.
import { connect, constants } from 'node:http2';

const [port, user, pass] = process.argv.slice(2);
const authorization =
	'Basic ' + Buffer.from(`${user}:${pass}`).toString('base64');
const client = connect(`https://127.0.0.1:${port}`,
	{ rejectUnauthorized: false });
const seen = {};

client.on('error', (e) => { throw e; });

/** The answer to a request: its fields and its octets. */
function ask(path, { body, ...fields } = {}) {
	return new Promise((resolve, reject) => {
		const stream = client.request({ ':path': path, authorization,
			...fields });
		const octets = [];
		let answer;

		stream.on('response', (said) => (answer = said));
		stream.on('data', (chunk) => octets.push(chunk));
		stream.on('end', () => answer && resolve({ ...answer,
			octets: Buffer.concat(octets) }));
		stream.on('error', reject);
		stream.end(body);
	});
}

/** The first of these events of a stream that stays open. */
function event(stream, wanted) {
	return new Promise((resolve) => {
		let text = '';

		stream.on('data', (chunk) => {
			text += chunk;
			if (text.includes(wanted))
				resolve();
		});
	});
}

const first = await ask('/.well-known/jmap');
const session = JSON.parse(first.octets);
const account = Object.keys(session.accounts)[0];
const call = (name, args) => ask('/jmap/api/', { ':method': 'POST',
	'content-type': 'application/json', body: JSON.stringify({
		using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
		methodCalls: [[name, args, 'c']] }) })
	.then((answer) => JSON.parse(answer.octets).methodResponses[0][1]);

// Events flow while others ask.
const events = client.request({ authorization,
	':path': '/jmap/eventsource/?types=*&closeafter=no&ping=0' });
await event(events, ':');
const told = event(events, 'event: state');

const many = await Promise.all(Array.from({ length: 20 },
	() => ask('/session')));
seen.many = many.filter((a) => a[':status'] === 200 &&
	a.octets.includes(user)).length;

const octets = Buffer.alloc(3_000_000, 'postern ');
const up = await ask(`/jmap/upload/${account}/`, { ':method': 'POST',
	'content-type': 'text/plain', body: octets });
const blob = JSON.parse(up.octets);
seen.uploaded = [up[':status'], blob.size];
const down = await ask(`/jmap/download/${account}/${blob.blobId}/a?` +
	'accept=text/plain');
seen.same = down.octets.equals(octets);

const set = await call('Mailbox/set', { accountId: account,
	create: { a: { name: `Version 2 of ${process.pid}` } } });
seen.created = Object.keys(set.created ?? {});
await told;
seen.told = true;

// Taken back in the middle; nothing else is harmed.
const back = client.request({ authorization, ':method': 'POST',
	':path': `/jmap/upload/${account}/`, 'content-type': 'text/plain' });
back.write('half of it');
back.on('error', () => {});
await new Promise((resolve) => setTimeout(resolve, 100));
back.close(constants.NGHTTP2_CANCEL);
events.close(constants.NGHTTP2_CANCEL);

seen.refused = (await ask('/no/such'))[':status'];
seen.large = (await ask('/login', { ':method': 'POST',
	'content-type': 'application/json', 'body': octets }))[':status'];
try {
	await ask('/jmap/ws/');
} catch (e) {
	seen.websocket = e.message;
}
seen.settings = client.remoteSettings.maxConcurrentStreams;
seen.protocol = client.alpnProtocol;
client.close();
client.on('close', () => console.log(JSON.stringify(seen)));
