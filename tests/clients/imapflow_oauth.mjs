// imapflow_oauth.mjs IMAPS_PORT USER TOKEN
// Logs in with a token; prints how many messages there are, or why not.
import { ImapFlow } from 'imapflow';

const [port, user, accessToken] = process.argv.slice(2);
const client = new ImapFlow({
	host: '127.0.0.1',
	port: Number(port),
	secure: true,
	auth: { user, accessToken },
	tls: { rejectUnauthorized: false },
	logger: false,
});
try {
	await client.connect();
	const { messages } = await client.status('INBOX', { messages: true });
	console.log(`in ${messages}`);
	await client.logout();
} catch (e) {
	console.log(`out ${e.serverResponseCode} ${e.oauthError ?
		JSON.stringify(e.oauthError) : ''}`);
}
client.close();
