// The text of a message, and where others are quoted in it.
import type { FullEmail, Part } from '../jmap';

const valuesOf = (e: FullEmail, parts: Part[], type: string) => parts
	.filter((p) => p.type === type && p.partId && e.bodyValues[p.partId])
	.map((p) => e.bodyValues[p.partId!]!.value);

/** The document is never shown: nothing in it runs or is fetched. */
function plainOf(html: string): string {
	const lines = html.replace(/\r?\n/g, ' ')
		.replace(/<(br|\/p|\/div|\/tr|\/li|\/h\d)\b[^>]*>/gi, '$&\n');
	const body = new DOMParser().parseFromString(lines, 'text/html').body;
	body.querySelectorAll('style,script,title').forEach((e) => e.remove());
	return (body.textContent ?? '').replace(/[ \t]+/g, ' ')
		.replace(/ ?\n ?/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
}

export const htmlOf = (e: FullEmail) =>
	valuesOf(e, e.htmlBody, 'text/html').join('<hr>');

export const textOf = (e: FullEmail): string =>
	[...valuesOf(e, e.textBody, 'text/plain'),
		...valuesOf(e, e.textBody, 'text/html').map(plainOf)]
		.join('\n').replace(/\r\n/g, '\n');

export const isTruncated = (e: FullEmail) =>
	Object.values(e.bodyValues).some((v) => v.isTruncated);

/** Runs of lines that quote, and that do not. */
export function pieces(text: string): { quoted: boolean; text: string }[] {
	const found: { quoted: boolean; lines: string[] }[] = [];
	for (const line of text.split('\n')) {
		const quoted = line.startsWith('>');
		if (found.at(-1)?.quoted !== quoted)
			found.push({ quoted, lines: [] });
		found.at(-1)!.lines.push(line);
	}
	return found.map(({ quoted, lines }) => ({ quoted, text: lines.join('\n') }));
}
