// nodemailer.mjs PORT SECURE(true|false) FROM TO USER PASSWORD SUBJECT
//     [REQUIRETLS]
// Sends one message with text, HTML and an attachment; prints the reply.
import { createTransport } from 'nodemailer';

const [port, secure, from, to, user, pass, subject, tls] =
	process.argv.slice(2);
const transport = createTransport({
	host: '127.0.0.1',
	port: Number(port),
	secure: secure === 'true',
	requireTLS: true,
	auth: { user, pass },
	tls: { rejectUnauthorized: false },
});
const info = await transport.sendMail({
	from, to, subject,
	requireTLSExtensionEnabled: tls === 'REQUIRETLS',
	text: 'Grüße from nodemailer\n.\n..dots\n',
	html: '<p>Gr&uuml;&szlig;e from <b>nodemailer</b></p>',
	attachments: [{
		filename: 'blätter.bin',
		content: Buffer.from(Uint8Array.from({ length: 256 },
			(_, i) => i)),
	}],
});
console.log(info.response);
transport.close();
