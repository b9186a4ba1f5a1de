// The conversation that is being read: its messages, and the one of them that
// is unfolded.
import { computed, effect, signal, type Signal } from '@preact/signals';
import { ask, from, isOffline, type Call, type Email, type FullEmail }
	from '../jmap';
import { t } from '../texts';
import { keepBody, keptBody } from './kept';
import { emailOf, list, take, takeThreads, threadOf } from './list';
import { mailboxes } from './mailboxes';
import { goEmail, goList, place } from './place';
import { inWords } from './say';

const FULL = ['id', 'blobId', 'threadId', 'mailboxIds', 'keywords', 'from', 'to',
	'cc', 'bcc', 'replyTo', 'subject', 'receivedAt', 'sentAt', 'preview',
	'hasAttachment', 'messageId', 'references', 'inReplyTo', 'textBody',
	'htmlBody', 'attachments', 'bodyValues'];
const BODY = { properties: FULL, fetchTextBodyValues: true,
	fetchHTMLBodyValues: true, maxBodyValueBytes: 2 << 20 };
const KEPT = 100;	// bodies, the last ones that were read

export type Body = FullEmail | { wrong: string };
const bodies = new Map<string, Signal<Body | undefined>>();

/** The row that is open, as the address of the page has it. */
export const openRow = computed(() => place.value.email);
/** Which of its messages is unfolded. */
export const unfolded = signal<string | null>(null);

/** One that was not known before is when it is unfolded. */
export const openThread = computed(() =>
	openRow.value && unfolded.value ? threadOf(openRow.value) : []);

export function bodyOf(id: string): Signal<Body | undefined> {
	let body = bodies.get(id);
	if (!body)
		bodies.set(id, body = signal(undefined));
	return body;
}

/** Its text never changes: what was read once is there. */
export async function fetchBody(id: string): Promise<FullEmail | undefined> {
	const body = bodyOf(id);
	const known = body.peek();
	if (known && !('wrong' in known)) {
		keepBody(known);	// used now
		return known;
	}
	try {
		const answers = await ask([['Email/get', { ids: [id], ...BODY }]]);
		const [found] = answers.get<{ list: FullEmail[] }>(0).list;
		body.value = found ?? { wrong: inWords('notFound') };
		if (found)
			keepBody(found);
		for (const old of [...bodies.keys()].slice(0, -KEPT))
			bodies.delete(old);
		return found;
	} catch (e) {
		const kept = isOffline(e) ? await keptBody(id) : undefined;
		body.value = kept ?? { wrong: isOffline(e) ? t.notHere : inWords(e) };
		return kept;
	}
}

/** The server is there again: what could not be read can be. */
export async function readAgain() {
	const id = unfolded.peek(), body = id && bodyOf(id).peek();
	if (id && body && 'wrong' in body)
		await fetchBody(id);
}

/** Who comes by a link, or after a reload, brings the name of it only. */
async function fetchThread(id: string) {
	const calls: Call[] = [
		['Email/get', { ids: [id], properties: ['threadId'] }],
		['Thread/get', { '#ids': from(0, 'Email/get', '/list/*/threadId') }],
		['Email/get', { '#ids': from(1, 'Thread/get', '/list/*/emailIds'),
			properties: FULL.slice(0, 7).concat('cc', 'subject', 'receivedAt',
				'preview', 'hasAttachment') }]];
	const answers = await ask(calls);
	take(answers.get<{ list: Email[] }>(2).list);
	takeThreads(answers.get<{ list: { id: string; emailIds: string[] }[] }>(1)
		.list);
}

/** The first that is unread, else the last. */
function chooseUnfolded(id: string) {
	const all = threadOf(id);
	return (all.find((e) => !e.keywords.$seen) ?? all.at(-1))?.id ?? id;
}

const neighbours = (id: string) => {
	const i = list.peek().ids.indexOf(id);
	return i < 0 ? [] : [list.peek().ids[i + 1], list.peek().ids[i - 1]];
};

export async function openEmail(id: string) {
	if (!emailOf(id))
		await fetchThread(id).catch(() => undefined);
	if (openRow.peek() !== id)
		return;
	unfolded.value = emailOf(id) ? chooseUnfolded(id) : id;
	await fetchBody(unfolded.value);
	// The next one is there before it is asked for.
	for (const next of neighbours(id))
		if (next && emailOf(next))
			void fetchBody(chooseUnfolded(next));
}

let unfoldedRow: string | null = null;
effect(() => {
	const id = openRow.value;
	if (id && mailboxes.value.length)
		queueMicrotask(() => {
			if (openRow.peek() === id && unfoldedRow !== id) {
				unfoldedRow = id;
				void openEmail(id);
			}
		});
	if (!id) {
		unfolded.value = null;
		unfoldedRow = null;
	}
});
export const isWide = () => matchMedia('(min-width: 900px)').matches;

/** The row that is open goes away, and others with it: to the one behind. */
export function showNext(gone: ReadonlySet<string>) {
	const { ids } = list.peek();
	const at = ids.indexOf(openRow.peek() ?? '');
	const next = ids.slice(at + 1).find((id) => !id || !gone.has(id)) ??
		ids.slice(0, at).reverse().find((id) => id && !gone.has(id));
	if (next && isWide())
		goEmail(next);
	else
		goList();
}

/** Whose images from elsewhere are shown: those that were asked for. */
export const imagesOf = signal<ReadonlySet<string>>(new Set());
export function showImages() {
	if (unfolded.value)
		imagesOf.value = new Set([...imagesOf.value, unfolded.value]);
}
