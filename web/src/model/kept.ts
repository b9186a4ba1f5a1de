// Messages that this device keeps: those that were seen in lists, and the texts of
// those that were read. What became of them elsewhere is asked for by the state
// they are of.                                                   RFC 8620 5.2
import { keep, keepFact, keptFact, isKeeping, look, change, type Bounded, type Item }
	from '../device';
import { ask, isOffline, Refusal, type Email, type FullEmail } from '../jmap';

const SOON_MS = 300;
const CHANGES = 500;
const STATE = 'emailState';

/** What a list shows of a message. */
export const LIST = ['id', 'blobId', 'threadId', 'mailboxIds', 'keywords', 'from',
	'to', 'cc', 'subject', 'receivedAt', 'preview', 'hasAttachment'];

const item = (id: string, what: unknown, size: number): Item =>
	({ id, at: Date.now(), size, what });
const read = async <T>(name: Bounded, id: string) =>
	(await look<Item>(name, (s) => s.get(id)))?.what as T | undefined;

// ---- messages in lists -----------------------------------------------------

let fresh = new Map<string, Email>();
let timer = 0;

function write() {
	clearTimeout(timer);
	timer = 0;
	const all = [...fresh.values()];
	fresh = new Map();
	return keep('emails', all.map((e) =>
		item(e.id, e, JSON.stringify(e).length)));
}

/** A moment later: many come at once. */
export function keepEmails(all: Email[]) {
	if (!isKeeping())
		return;
	for (const e of all)
		fresh.set(e.id, e);
	timer ||= window.setTimeout(() => void write(), SOON_MS);
}
addEventListener('pagehide', () => timer && void write());

export const keptEmails = async (): Promise<Email[]> =>
	(await look<Item[]>('emails', (s) => s.getAll()) ?? [])
		.map((one) => one.what as Email);

export function forgetKept(ids: string[]) {
	ids.forEach((id) => fresh.delete(id));
	return change(['emails', 'bodies'], (tx) => ids.forEach((id) => {
		const bodies = tx.objectStore('bodies');
		const body: IDBRequest<Item | undefined> = bodies.get(id);
		body.onsuccess = () => {
			const e = body.result?.what as FullEmail | undefined;
			for (const part of e?.attachments ?? [])
				bodies.delete(`blob ${part.blobId}`);
			bodies.delete(id);
		};
		tx.objectStore('emails').delete(id);
	}));
}

// ---- texts -----------------------------------------------------------------

export const keepBody = (e: FullEmail) =>
	void keep('bodies', [item(e.id, e, JSON.stringify(e).length)]);
export const keptBody = (id: string) => read<FullEmail>('bodies', id);

/** Of a part that a text shows in itself. */
export const keepBlob = (blobId: string, blob: Blob) =>
	void keep('bodies', [item(`blob ${blobId}`, blob, blob.size)]);
export const keptBlob = (blobId: string) =>
	read<Blob>('bodies', `blob ${blobId}`);

// ---- what others did -------------------------------------------------------

interface Changes {
	newState: string;
	hasMoreChanges: boolean;
	updated: string[];
	destroyed: string[];
}

/** One step; false: there are no more. */
async function step(state: string, taken: (all: Email[]) => void) {
	const answers = await ask([['Email/changes',
		{ sinceState: state, maxChanges: CHANGES }]]);
	const c = answers.get<Changes>(0);
	const here = new Set(await look<IDBValidKey[]>('emails',
		(s) => s.getAllKeys()));
	const ids = c.updated.filter((id) => here.has(id));
	if (ids.length) {
		const got = await ask([['Email/get', { ids, properties: LIST }]]);
		taken(got.get<{ list: Email[] }>(0).list);
	}
	await forgetKept(c.destroyed);
	await write();
	await keepFact(STATE, c.newState);
	return c.hasMoreChanges;
}

/** From now on. */
async function begin() {
	const answers = await ask([['Email/get', { ids: [] }]]);
	await keepFact(STATE, answers.get<{ state: string }>(0).state);
}

let busy = false, again = false;
/** Where the former state says nothing, nothing is known of what is here. */
async function beginAnew() {
	await change(['emails', 'bodies'], (tx) => {
		tx.objectStore('emails').clear();
		tx.objectStore('bodies').clear();
	});
	await begin();
}

/** What is kept is as the server has it. taken: what has changed. */
export async function catchUp(taken: (all: Email[]) => void) {
	again = busy;
	if (busy || !isKeeping())
		return;
	busy = true;
	try {
		for (let more = true; more;) {
			const state = await keptFact<string>(STATE);
			if (!state)
				break;
			more = await step(state, taken);
		}
		if (!await keptFact<string>(STATE))
			await begin();
	} catch (e) {
		if (e instanceof Refusal && e.type === 'cannotCalculateChanges')
			await beginAnew().catch(() => undefined);
		else if (!isOffline(e) && !(e instanceof Refusal))
			console.error(e);
	} finally {
		busy = false;
	}
	if (again)
		await catchUp(taken);
}
