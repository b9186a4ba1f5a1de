// Dates, sizes and people as the page writes them.
import type { Address, Email } from './jmap';
import { language, t } from './texts';

// Of the browser's, the first that is this language: dates differ within one.
const locale = navigator.languages.find((l) => l.startsWith(language)) ??
	language;

const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat(locale,
	{ dateStyle: 'full', timeStyle: 'short' });

/** Short, as a list wants it. */
export function when(iso: string): string {
	const d = new Date(iso), now = new Date();
	if (d.toDateString() === now.toDateString())
		return time.format(d);
	return (d.getFullYear() === now.getFullYear() ? day : date).format(d);
}
/** As fields have a time: that of the place. */
export const localTime = (at: Date) => new Date(at.getTime() -
	at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
/** As JMAP and SMTP write it: whole seconds.                     RFC 8620 1.4 */
export const utcOf = (at: Date) => `${at.toISOString().slice(0, 19)}Z`;
export const whenFull = (iso: string) => full.format(new Date(iso));

export function size(octets: number): string {
	const units = ['B', 'KB', 'MB', 'GB'];
	let n = octets, unit = 0;
	while (n >= 1000 && unit < units.length - 1) {
		n /= 1000;
		unit++;
	}
	return `${n.toLocaleString(locale,
		{ maximumFractionDigits: n < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

export const nameOf = (a: Address) => a.name?.trim() || a.email;
export const people = (list: Address[] | null | undefined) =>
	(list ?? []).map(nameOf).join(', ');
export const subjectOf = (e: { subject: string | null }) =>
	e.subject?.trim() || t.noSubject;

/** The other side: who wrote it, or whom it was written to. */
export function otherSide(e: Email, outgoing: boolean): string {
	return people(outgoing ? e.to : e.from) || t.noSender;
}

/** As it stands in a field.                                  RFC 5322 3.4 */
export function written(a: Address): string {
	if (!a.name)
		return a.email;
	const plain = /^[\p{L}\p{N} !#$%&'*+/=?^_`{|}~-]+$/u.test(a.name);
	return `${plain ? a.name : JSON.stringify(a.name)} <${a.email}>`;
}

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/;

/** What was typed into a field; the first piece that is no address is bad. */
export function readAddresses(text: string): { list: Address[]; bad?: string } {
	const list: Address[] = [];
	for (const one of text.match(/(?:"(?:[^"\\]|\\.)*"|[^,;"\n])+/g) ?? []) {
		const piece = one.trim();
		const named = /^(.*)<([^<>]*)>$/s.exec(piece);
		const email = (named?.[2] ?? piece).trim();
		if (!piece)
			continue;
		if (!ADDRESS.test(email))
			return { list, bad: piece };
		const name = named?.[1]?.trim().replace(/^"(.*)"$/s, '$1')
			.replace(/\\(.)/g, '$1');
		list.push({ name: name || null, email });
	}
	return { list };
}
