// nodemailer_oauth.mjs PORT USER TOKEN SUBJECT
// Sends one message, logged in with a token; prints the reply.
import { createTransport } from 'nodemailer';

const [port, user, accessToken, subject] = process.argv.slice(2);
const transport = createTransport({
	host: '127.0.0.1',
	port: Number(port),
	secure: true,
	auth: { type: 'OAuth2', user, accessToken },
	tls: { rejectUnauthorized: false },
});
try {
	const info = await transport.sendMail({
		from: user, to: user, subject, text: 'Hello\n',
	});
	console.log(info.response);
} catch (e) {
	console.log(`${e.code} ${e.response}`);
}
transport.close();
