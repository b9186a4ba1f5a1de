// What was done where the server could not be told: in the order it was done, on
// the device where mail is kept, else as long as the page is open. One window at a
// time tells the server of it.
import { computed, signal } from '@preact/signals';
import { change, isKeeping, look, takeSealed } from '../device';
import { ask, isOffline, offline, person, Refusal, type Address,
	type SetAnswer } from '../jmap';
import { t } from '../texts';
import { inWords, say, sayWrong } from './say';
import { writeOnce } from './once';

export type Patch = Record<string, unknown>;

export interface QueuedFile {
	name: string;
	type: string;
	size: number;
	blobId: string;	// empty: not uploaded yet
	blob?: Blob;
}

/** A message that was written: a draft, or one that is to be sent. */
export interface Letter {
	kind: 'write';
	/** Of the sheet it was written on: a later one takes its place. */
	key: string;
	/** As it stands in the sheet's fields. */
	form: Record<'title' | 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'identity',
		string>;
	inReplyTo: string[] | null;
	references: string[] | null;
	answers: { id: string; keyword: string } | null;
	message: Record<string, unknown>;
	files: QueuedFile[];
	/** By what it is found where nobody knows whether it was stored. */
	messageId: string;
	tried: boolean;
	/** What it comes in the place of: emails, and others by their Message-ID. */
	replaces: string[];
	older: string[];
	send: { identityId: string; mailFrom: string; rcptTo: string[];
		at: string | null; sent: string } | null;
}

/** about: subjects, to say which of them are gone. */
export type Deed = Letter
	| { kind: 'change'; update: Record<string, Patch>;
		about: Record<string, string> }
	| { kind: 'remove'; ids: string[] };

export interface Queued {
	n: number;
	deed: Deed;
	tries: number;
	/** The server said no, or it is HELD; it waits for its writer. */
	refused?: string;
}
/** Its writer writes on. */
export const HELD = 'held';

const LOCK = 'postern.queue';
const TRIES = 5;
const AGAIN_MS = 20_000;
const SOON_MS = 2000;
// Of no deed, but of the moment.
const BUSY = ['serverUnavailable', 'serverFail', 'serverPartialFail', 'rateLimit',
	'urn:ietf:params:jmap:error:limit', 'http'];

export const queued = signal<Queued[]>([]);
/** Those that are still to be told. */
export const untold = computed(() => queued.value.filter((q) => !q.refused));

/** The last letter that the server has, in whichever window. */
export const written = signal<{ key: string; id: string } | null>(null);

// ---- where they are --------------------------------------------------------

let memory: Queued[] = [];
let last = Number.MAX_SAFE_INTEGER / 2;

const windows = 'BroadcastChannel' in window ?
	new BroadcastChannel(LOCK) : undefined;

async function readAll() {
	const kept = await look<Queued[]>('queue', (s) => s.getAll()) ?? [];
	queued.value = [...kept, ...memory];
	return queued.value;
}
const changedQueue = async () => {
	await readAll();
	windows?.postMessage('changed');
};

async function add(deed: Deed) {
	const one = { deed, tries: 0 };
	if (!await change(['queue'], (tx) => tx.objectStore('queue').add(one)))
		memory.push({ ...one, n: last++ });
}
async function put(q: Queued) {
	const at = memory.findIndex((one) => one.n === q.n);
	if (at >= 0)
		memory[at] = q;
	else
		await change(['queue'], (tx) => tx.objectStore('queue').put(q));
}
async function drop(n: number) {
	memory = memory.filter((one) => one.n !== n);
	await change(['queue'], (tx) => tx.objectStore('queue').delete(n));
}

let line: Promise<unknown> = Promise.resolve();
/** Alone, among all windows of this browser. */
function alone<T>(act: () => Promise<T>): Promise<T> {
	const mine = line.then(() => navigator.locks ?
		navigator.locks.request(LOCK, act) as Promise<T> : act());
	line = mine.catch(() => undefined);
	return mine;
}

/** Nobody's any more. */
export function forgetQueue() {
	memory = [];
	queued.value = [];
}

// ---- adding ----------------------------------------------------------------

/** Does what is done now have to wait? */
export const mustWait = () => offline.value || untold.value.length > 0;

export const enqueue = (deed: Deed) => alone(async () => {
	await add(deed);
	await changedQueue();
	soon();
});

/** The later one of a sheet is the one that counts. */
export const enqueueLetter = (deed: Letter) => alone(async () => {
	const before = (await readAll()).find((q) => isOf(q, deed.key));
	const old = before?.deed as Letter | undefined;
	const whole = old ? { ...deed,
		replaces: [...new Set([...old.replaces, ...deed.replaces])],
		older: [...new Set([...old.older, ...deed.older,
			...old.tried && old.messageId !== deed.messageId ?
				[old.messageId] : []])] } : deed;
	if (before && !whole.send)
		await put({ n: before.n, deed: whole, tries: 0 });
	else {
		if (before)
			await drop(before.n);
		await add(whole);
	}
	await changedQueue();
	soon();
});

const isOf = (q: Queued, key: string) =>
	q.deed.kind === 'write' && q.deed.key === key;

/** Out of the queue, back to its writer; undefined: the server has it. */
export const takeLetter = (key: string) => alone(async () => {
	const found = (await readAll()).find((q) => isOf(q, key));
	if (found)
		await drop(found.n);
	await changedQueue();
	return found?.deed as Letter | undefined;
});

/** The same of one that is to be written on: it stays, and waits for that, until
 * its sheet has been saved. */
export const holdLetter = (key: string) => alone(async () => {
	const found = (await readAll()).find((q) => isOf(q, key));
	if (found)
		await put({ ...found, tries: 0, refused: HELD });
	await changedQueue();
	return found?.deed as Letter | undefined;
});

/** What a sign-in of theirs before this one left undone; sealed it is no more. */
export const enqueueAll = (all: Queued[], user: string) => alone(async () => {
	const fresh = all.map(({ deed, refused }) => ({ deed, tries: 0,
		...(refused === HELD ? { refused } : {}) }));
	if (!await change(['queue', 'sealed'], (tx) => {
		fresh.forEach((one) => tx.objectStore('queue').add(one));
		tx.objectStore('sealed').delete(user);
	})) {
		memory.push(...fresh.map((one) => ({ ...one, n: last++ })));
		await takeSealed(user);
	}
	await changedQueue();
});

// ---- telling ---------------------------------------------------------------

const STOP_MS = 60_000;
export const askNow = (calls: Parameters<typeof ask>[0]) =>
	ask(calls, false, AbortSignal.timeout(STOP_MS));

function sayRefused(set: SetAnswer, about: Record<string, string>) {
	const all = Object.entries({ ...set.notUpdated, ...set.notDestroyed });
	const gone = all.filter(([, why]) => why.type === 'notFound');
	if (gone.length)
		say(t.goneMeanwhile([...new Set(gone.map(([id]) => about[id] ?? '…'))]
			.join(', ')), undefined, 15_000);
	const other = all.find(([, why]) => why.type !== 'notFound')?.[1];
	if (other)
		sayWrong(new Refusal(other.type));
}

async function carryOut(q: Queued) {
	const { deed } = q;
	if (deed.kind === 'write') {
		const id = await writeOnce(deed, askNow, (so) =>
			put({ ...q, deed: so }));
		written.value = { key: deed.key, id };
		windows?.postMessage(written.value);
		return;
	}
	const answers = await askNow([['Email/set', deed.kind === 'change' ?
		{ update: deed.update } : { destroy: deed.ids }]]);
	const set = answers.get<SetAnswer>(0);
	// Who is gone is gone, whoever removed them.
	sayRefused(deed.kind === 'remove' ? { newState: '' } : set,
		deed.kind === 'change' ? deed.about : {});
}

async function refuse(q: Queued, e: unknown) {
	const type = e instanceof Refusal ? e.type : String(e);
	if (q.deed.kind !== 'write') {
		await drop(q.n);
		sayWrong(e);
		return;
	}
	await put({ ...q, refused: type });
	say(t.letterRefused(q.deed.form.subject || t.noSubject, inWords(e)),
		undefined, 15_000);
}

/** true: the next one. */
async function next(q: Queued): Promise<boolean> {
	try {
		await carryOut(q);
		await drop(q.n);
		return true;
	} catch (e) {
		if (isOffline(e) || !person.value ||
			(e instanceof Refusal && e.status === 401)) {
			soon();
			return false;
		}
		const now = (await readAll()).find((one) => one.n === q.n) ?? q;
		if (e instanceof Refusal && BUSY.includes(e.type) && q.tries < TRIES) {
			await put({ ...now, tries: q.tries + 1 });
			soon(AGAIN_MS);
			return false;
		}
		await refuse(now, e);
		return true;
	}
}

/** All that waits, one after the other, as far as the server is there. */
export const flush = () => alone(async () => {
	let any = false;
	while (person.value && !offline.value) {
		const first = (await readAll()).find((q) => !q.refused);
		if (!first || !await next(first))
			break;
		any = true;
	}
	await changedQueue();
	if (any)
		told.forEach((f) => f());
});
/** What is done when the server was told of something. */
const told: (() => void)[] = [];
export const onTold = (f: () => void) => void told.push(f);

let timer = 0;
function soon(ms = SOON_MS) {
	clearTimeout(timer);
	timer = window.setTimeout(() => {
		if (!offline.value && untold.value.length)
			void flush();
	}, ms);
}

/** What was left here the last time. */
export async function openQueue() {
	await readAll();
	if (!offline.value && untold.value.length)
		await flush();
}

windows?.addEventListener('message', ({ data }) => {
	if (!person.value || !isKeeping())
		return;
	if (data.key)
		written.value = data;
	void readAll();
});

export const namesOf = (q: Letter): string => q.send ?
	q.send.rcptTo.join(', ') : (q.message.to as Address[])
		.map((a) => a.email).join(', ');
