// sendmail.mjs PATH FROM TO SUBJECT
// Sends one message through a sendmail program; prints the envelope.
import { createTransport } from 'nodemailer';

const [path, from, to, subject] = process.argv.slice(2);
const transport = createTransport({ sendmail: true, newline: 'unix', path });
const info = await transport.sendMail({
	from, to, subject,
	text: 'Grüße\n.\n..dots\n',
	attachments: [{ filename: 'a.bin', content: Buffer.alloc(300000, 7) }],
});
console.log(JSON.stringify(info.envelope));
