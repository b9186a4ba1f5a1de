// What was typed, as a filter.                               RFC 8621 4.4.1

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

export function readSearch(text: string): Filter {
	const conditions = (text.match(/(?:\w+:)?"[^"]*"|\S+/g) ?? []).map((one) => {
		const [, name = '', value = ''] = /^(\w+):(.+)$/s.exec(one) ?? [];
		return words[name]?.(value.replace(/"/g, '')) ??
			{ text: one.replace(/"/g, '') };
	});
	return conditions.length === 1 ? conditions[0]! :
		{ operator: 'AND', conditions };
}
