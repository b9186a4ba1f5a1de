// The list: as many rows as there are messages, of which those are loaded that
// somebody looks at. One query is under way at a time.
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import { ask, from, isOffline, offline, type Call, type Email } from '../jmap';
import { forgetKept, keepEmails, keptEmails, LIST } from './kept';
import { byRole, here, mailboxes } from './mailboxes';
import { listKey, place } from './place';
import { flush, untold } from './queue';
import { holds, readSearch } from './search';
import { inWords } from './say';

export const PAGE = 50;

export interface List {
	key: string;
	/** What each row shows; undefined: not loaded. */
	ids: (string | undefined)[];
	loaded: boolean;
	/** Only of what is known here; the server was not asked. */
	partial?: boolean;
	wrong?: string;
}
const EMPTY = (key: string): List => ({ key, ids: [], loaded: false });

export const list = signal(EMPTY(''));
export const selection = signal<ReadonlySet<string>>(new Set());
/** The row that the keyboard is on. */
export const cursor = signal(0);

const GROUPED = 'postern.list';
export const grouped = signal(localStorage.getItem(GROUPED) !== 'messages');
export function group(on: boolean) {
	localStorage.setItem(GROUPED, on ? 'conversations' : 'messages');
	grouped.value = on;
}

// ---- what is known of messages ---------------------------------------------

const emails = new Map<string, Signal<Email>>();
const threads = new Map<string, Signal<string[]>>();

export function take(all: Email[]) {
	keepEmails(all);
	for (const e of all) {
		const known = emails.get(e.id);
		if (!known)
			emails.set(e.id, signal(e));
		else if (JSON.stringify(known.peek()) !== JSON.stringify(e))
			known.value = e;
	}
}
export function takeThreads(all: { id: string; emailIds: string[] }[]) {
	for (const { id, emailIds } of all) {
		const known = threads.get(id);
		if (!known)
			threads.set(id, signal(emailIds));
		else if (known.peek().join() !== emailIds.join())
			known.value = emailIds;
	}
}
export const emailOf = (id: string) => emails.get(id)?.value;
export function put(e: Email) {
	const known = emails.get(e.id);
	if (!known)
		return;
	known.value = e;
	keepEmails([e]);
}
/** Those that are no more. */
export function forget(ids: string[]) {
	ids.forEach((id) => emails.delete(id));
	void forgetKept(ids);
}
/** Those that changed elsewhere, of which something is shown or kept. */
export function takeChanged(all: Email[]) {
	keepEmails(all);
	batch(() => all.forEach(put));
}

/** All of its conversation that is known, oldest first; itself at least. */
export function threadOf(id: string): Email[] {
	const e = emailOf(id);
	if (!e)
		return [];
	const all = grouped.value ? threads.get(e.threadId)?.value : undefined;
	const found = (all ?? []).map(emailOf).filter((m) => m !== undefined);
	return found.some((m) => m.id === id) ? found : [e];
}

/** What is done to a row is done to those of its conversation that are here. */
export const rowEmails = (id: string): Email[] =>
	threadOf(id).filter((e) => e.id === id || !here.value ||
		e.mailboxIds[here.value.id]);

// ---- pages -----------------------------------------------------------------

function filter(): object {
	const { search } = place.value;
	if (search === null)
		return { inMailbox: here.value?.id };
	const hidden = ['trash', 'junk'].map(byRole).filter((m) => m !== undefined);
	const outside = { inMailboxOtherThan: hidden.map((m) => m.id) };
	const wanted = readSearch(search);
	return hidden.length ?
		{ operator: 'AND', conditions: [wanted, outside] } : wanted;
}

const query = (position: number): Call[] => {
	const calls: Call[] = [
		['Email/query', { filter: filter(), position, limit: PAGE,
			sort: [{ property: 'receivedAt', isAscending: false }],
			collapseThreads: grouped.value, calculateTotal: true }],
		['Email/get', { '#ids': from(0, 'Email/query', '/ids'),
			properties: LIST }],
	];
	if (grouped.value)
		calls.push(
			['Thread/get', { '#ids':
				from(1, 'Email/get', '/list/*/threadId') }],
			['Email/get', { '#ids':
				from(2, 'Thread/get', '/list/*/emailIds'),
				properties: LIST }]);
	return calls;
};

let wanted = new Set<number>();
let seen: [number, number] = [0, 0];
let busy = false;
// A page that was asked for before something changed tells an old story.
let changes = 0;
export const changedHere = () => void changes++;

// ---- without the server ----------------------------------------------------

/** What is known here is newer than what was kept. */
async function takeKept() {
	for (const e of await keptEmails())
		if (!emails.has(e.id))
			emails.set(e.id, signal(e));
}

const byTime = (a: Email, b: Email) => a.receivedAt < b.receivedAt ? -1 :
	a.receivedAt > b.receivedAt ? 1 : 0;

/** As the server would answer, had it no more than what was seen. */
async function loadKnown(key: string) {
	await takeKept();
	if (list.value.key !== key)
		return;
	const all = [...emails.values()].map((e) => e.peek()).sort(byTime);
	const inThreads = new Map<string, string[]>();
	for (const e of all)
		inThreads.set(e.threadId, [...inThreads.get(e.threadId) ?? [], e.id]);
	const { search } = place.value;
	const wanted = search === null ? undefined : readSearch(search);
	const hidden = ['trash', 'junk'].map((role) => byRole(role)?.id);
	const found = all.filter((e) => wanted ? holds(wanted, e) &&
		!hidden.some((id) => id && e.mailboxIds[id]) :
		here.value && e.mailboxIds[here.value.id]).reverse();
	const shown = new Set<string>();
	const rows = found.filter((e) => !grouped.value ||
		(!shown.has(e.threadId) && shown.add(e.threadId)));
	batch(() => {
		takeThreads([...inThreads].map(([id, emailIds]) => ({ id, emailIds })));
		list.value = { key, ids: rows.map((e) => e.id), loaded: true,
			partial: true };
	});
}

async function load(page: number) {
	const key = list.value.key, before = changes;
	// What the server was not told yet is not seen there.
	if (!offline.value && untold.value.length)
		await flush();
	const answers = await (offline.value ? undefined :
		ask(query(page * PAGE)).catch((e) => {
			if (!isOffline(e))
				throw e;
		}));
	if (!answers)
		return loadKnown(key);
	const found = answers.get<{ ids: string[]; total: number }>(0);
	if (list.value.key !== key)
		return;
	if (changes !== before) {
		wanted.add(page);
		return;
	}
	batch(() => {
		take(answers.get<{ list: Email[] }>(1).list);
		if (answers.has(3)) {
			takeThreads(answers.get<{ list:
				{ id: string; emailIds: string[] }[] }>(2).list);
			take(answers.get<{ list: Email[] }>(3).list);
		}
		placePage(page, found);
	});
}

const pageOf = (row: number) => Math.floor(row / PAGE);
const isLookedAt = (page: number) =>
	page >= pageOf(seen[0]) && page <= pageOf(seen[1]);

/** If it is another than before, only what is looked at stays, and that until
 * it was asked for as well: nothing blinks. */
function placePage(page: number, found: { ids: string[]; total: number }) {
	const old = list.value.partial ? { ...list.value, loaded: false } :
		list.value;
	const total = found.total ?? page * PAGE + found.ids.length;
	const same = old.loaded && old.ids.length === total && found.ids.every(
		(id, i) => [id, undefined].includes(old.ids[page * PAGE + i]));
	const ids = Array.from({ length: total }, (_, i) =>
		found.ids[i - page * PAGE] ??
		(same || isLookedAt(pageOf(i)) ? old.ids[i] : undefined));
	if (same && !old.wrong && ids.every((id, i) => id === old.ids[i]))
		return;
	list.value = { key: old.key, ids, loaded: true };
	for (let p = pageOf(seen[0]); !same && p <= pageOf(seen[1]); p++)
		if (p !== page && p * PAGE < total)
			wanted.add(p);
	show(...seen);
}

async function work() {
	if (busy)
		return;
	busy = true;
	while (wanted.size) {
		// What is looked at comes before what was.
		const page = [...wanted].find(isLookedAt) ?? [...wanted][0]!;
		wanted.delete(page);
		try {
			await load(page);
		} catch (e) {
			wanted.clear();
			list.value = { ...list.value, loaded: true, wrong: inWords(e) };
		}
	}
	busy = false;
}

/** These rows are looked at. */
export function show(first: number, last: number) {
	seen = [first, last];
	const { ids } = list.peek();
	for (let i = first; i <= last && i < ids.length; i++)
		if (ids[i] === undefined)
			wanted.add(pageOf(i));
	void work();
}

/** Something changed: what is looked at is asked for once more. */
export function refresh() {
	if (!list.value.key)
		return;
	for (let p = pageOf(seen[0]); p <= pageOf(seen[1]); p++)
		wanted.add(p);
	void work();
}

/** Rows that are here no more. */
export function dropRows(gone: ReadonlySet<string>) {
	const ids = list.value.ids.filter((id) => !id || !gone.has(id));
	batch(() => {
		list.value = { ...list.value, ids };
		selection.value = new Set([...selection.value]
			.filter((id) => !gone.has(id)));
		cursor.value = Math.max(0, Math.min(cursor.value, ids.length - 1));
	});
}

const wholeKey = computed(() => mailboxes.value.length === 0 ? '' :
	`${listKey.value === 'in:' ? `in:${here.value?.id}` : listKey.value} ` +
	grouped.value);

/** Another place is another list, empty until it is there. */
effect(() => {
	const key = wholeKey.value;
	if (key === list.peek().key)
		return;
	batch(() => {
		list.value = EMPTY(key);
		selection.value = new Set();
		cursor.value = 0;
	});
	wanted = new Set();
	seen = [0, 0];
	if (key) {
		wanted.add(0);
		queueMicrotask(() => void work());
	}
});

export const isOutgoing = computed(() =>
	['sent', 'drafts'].includes(here.value?.role ?? ''));
