// What was typed, as a filter.                               RFC 8621 4.4.1
import type { Address, Email } from '../jmap';

interface Filter { [name: string]: unknown }

const day = (text: string) => {
	const d = new Date(text);
	return isNaN(d.getTime()) ? undefined : d.toISOString().slice(0, 19) + 'Z';
};

const words: Record<string, (value: string) => Filter | undefined> = {
	from: (v) => ({ from: v }),
	to: (v) => ({ to: v }),
	cc: (v) => ({ cc: v }),
	subject: (v) => ({ subject: v }),
	is: (v) => ({ unread: { notKeyword: '$seen' }, read: { hasKeyword: '$seen' },
		flagged: { hasKeyword: '$flagged' },
		answered: { hasKeyword: '$answered' } } as Record<string, Filter>)[v],
	has: (v) => v === 'attachment' ? { hasAttachment: true } : undefined,
	before: (v) => day(v) ? { before: day(v) } : undefined,
	after: (v) => day(v) ? { after: day(v) } : undefined,
};

const has = (text: string | null, word: unknown) =>
	(text ?? '').toLowerCase().includes(String(word).toLowerCase());
const among = (list: Address[] | null, word: unknown) =>
	(list ?? []).some((a) => has(`${a.name ?? ''} ${a.email}`, word));

/** Of what a list knows of a message: its text is looked for in the first lines. */
const conditions: Record<string, (e: Email, value: unknown) => boolean> = {
	from: (e, v) => among(e.from, v),
	to: (e, v) => among(e.to, v),
	cc: (e, v) => among(e.cc, v),
	subject: (e, v) => has(e.subject, v),
	text: (e, v) => has(e.subject, v) || has(e.preview, v) ||
		[e.from, e.to, e.cc].some((list) => among(list, v)),
	hasKeyword: (e, v) => !!e.keywords[String(v)],
	notKeyword: (e, v) => !e.keywords[String(v)],
	hasAttachment: (e, v) => e.hasAttachment === v,
	before: (e, v) => e.receivedAt < String(v),
	after: (e, v) => e.receivedAt >= String(v),
};

/** Where the server cannot be asked. */
export const holds = (filter: Filter, e: Email): boolean => filter.operator ?
	(filter.conditions as Filter[]).every((one) => holds(one, e)) :
	Object.entries(filter).every(([name, value]) =>
		conditions[name]?.(e, value));

export function readSearch(text: string): Filter {
	const all = (text.match(/(?:\w+:)?"[^"]*"|\S+/g) ?? []).map((one) => {
		const [, name = '', value = ''] = /^(\w+):(.+)$/s.exec(one) ?? [];
		return words[name]?.(value.replace(/"/g, '')) ??
			{ text: one.replace(/"/g, '') };
	});
	return all.length === 1 ? all[0]! : { operator: 'AND', conditions: all };
}
