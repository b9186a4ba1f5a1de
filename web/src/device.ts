// What this device keeps of one person's mail, where they said that it may: a
// database of the browser. All of it is one generation's, which ends with the
// sign-in: what comes late, also from another window, is written into none.
export interface Whose { user: string; generation: string }

/** What each of them holds: [how many at most, octets at most]. */
const BOUNDS = { emails: [5000, 20 << 20], bodies: [500, 100 << 20] } as const;
export type Bounded = keyof typeof BOUNDS;
type Store = Bounded | 'facts' | 'queue' | 'sealed';
const ALL: Store[] = ['facts', 'emails', 'bodies', 'queue', 'sealed'];

const NAME = 'postern';
/** That something is kept, for who looks before the database is open; and what
 * the box at the sign-in says. */
const KEEP = 'postern.keep';
const LOCK = 'postern.device';
/** How long what was sealed waits for its person. */
export const SEALED_MS = 30 * 86400_000;
const WORKER = '/worker.js';

let opened: Promise<IDBDatabase> | undefined;
let generation = '';

/** Is anything kept here? */
export const isKeeping = () => generation !== '';
export const wantsKeeping = () => localStorage.getItem(KEEP) !== null;
export const canKeep = () => 'indexedDB' in window && 'locks' in navigator &&
	isSecureContext;

export const answerOf = <T>(r: IDBRequest<T>) => new Promise<T>((done, failed) => {
	r.onsuccess = () => done(r.result);
	r.onerror = () => failed(r.error);
});

function openDatabase(): Promise<IDBDatabase> {
	return opened ??= new Promise((done, failed) => {
		const r = indexedDB.open(NAME, 1);
		r.onupgradeneeded = () => {
			const db = r.result;
			db.createObjectStore('facts');
			for (const name of Object.keys(BOUNDS))
				db.createObjectStore(name, { keyPath: 'id' })
					.createIndex('use', ['at', 'size']);
			db.createObjectStore('queue', { keyPath: 'n', autoIncrement: true });
			db.createObjectStore('sealed', { keyPath: 'user' });
		};
		r.onsuccess = () => {
			// Whoever removes all of it does not wait for this window.
			r.result.onversionchange = () => {
				r.result.close();
				opened = undefined;
			};
			done(r.result);
		};
		r.onerror = () => failed(r.error);
	});
}

const ended = (tx: IDBTransaction) => new Promise<void>((done, failed) => {
	tx.oncomplete = () => done();
	tx.onabort = () => failed(tx.error ?? new Error('aborted'));
});

/** In one transaction, if all of it is still this generation's; false: nothing
 * was done. */
export async function change(stores: Store[],
	act: (tx: IDBTransaction) => void): Promise<boolean> {
	if (!generation)
		return false;
	const mine = generation;
	try {
		const tx = (await openDatabase()).transaction(
			[...new Set<Store>(['facts', ...stores])], 'readwrite');
		const whose = tx.objectStore('facts').get('whose');
		whose.onsuccess = () => {
			if ((whose.result as Whose)?.generation === mine)
				return act(tx);
			generation = generation === mine ? '' : generation;
			tx.abort();
		};
		await ended(tx);
		return true;
	} catch {
		return false;	// over, or no room: then it is not kept
	}
}

export async function look<T>(store: Store,
	ask: (s: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
	if (!generation)
		return undefined;
	try {
		return await answerOf(ask((await openDatabase()).transaction(store)
			.objectStore(store)));
	} catch {
		return undefined;
	}
}

// ---- whose it is -----------------------------------------------------------

/** Is there a newer page? A browser asks by itself as well, but some time after it
 * opened this one, and not at all while it is busy. */
async function renewPage() {
	await (await navigator.serviceWorker?.getRegistration())?.update();
}

/** That of the last sign-in, if it was kept; undefined: nothing is. */
export async function openKept(): Promise<string | undefined> {
	if (!wantsKeeping() || !canKeep())
		return undefined;
	try {
		const whose: Whose | undefined = await answerOf((await openDatabase())
			.transaction('facts').objectStore('facts').get('whose'));
		generation = whose?.generation ?? '';
		void renewPage().catch(() => undefined);
		return whose?.user;
	} catch {
		return undefined;
	}
}

const locked = <T>(act: () => Promise<T>): Promise<T> =>
	navigator.locks.request(LOCK, act) as Promise<T>;

/** Who never kept anything gets no database for it. */
async function isThere() {
	return !!opened || !indexedDB.databases ||
		(await indexedDB.databases()).some((d) => d.name === NAME);
}

/** Whatever was kept goes; what was sealed waits for whom it belongs to, for a
 * while. */
function clear(tx: IDBTransaction) {
	for (const name of ALL)
		if (name !== 'sealed')
			tx.objectStore(name).clear();
	const cursor = tx.objectStore('sealed').openCursor();
	cursor.onsuccess = () => {
		const at = cursor.result;
		if (!at)
			return;
		if (Date.now() - at.value.at > SEALED_MS)
			at.delete();
		at.continue();
	};
}

/** The page itself, too. */
async function keepPage() {
	await navigator.serviceWorker.register(WORKER);
	const { active } = await navigator.serviceWorker.ready;
	active?.postMessage('keep');
}

/** From now on what they see is kept. */
export async function beginKeeping(user: string) {
	localStorage.setItem(KEEP, '1');
	await locked(async () => {
		const tx = (await openDatabase()).transaction(ALL, 'readwrite');
		const whose: Whose = { user, generation: crypto.randomUUID() };
		clear(tx);
		tx.objectStore('facts').put(whose, 'whose');
		await ended(tx);
		generation = whose.generation;
	}).catch(() => undefined);
	void navigator.storage?.persist?.().catch(() => false);
	void keepPage().catch(() => undefined);
}

/** The end of a sign-in. seal: makes of what was not told to the server yet what
 * may stay. */
export async function wipe(seal?: (queued: unknown[], key: unknown,
	user: string) => Promise<object | undefined>) {
	generation = '';
	if (!seal)
		localStorage.removeItem(KEEP);
	if (!canKeep())
		return;
	await locked(async () => {
		if (!await isThere())
			return;
		const db = await openDatabase();
		let kept: object | undefined;
		if (seal) {
			const tx = db.transaction(['facts', 'queue']);
			const [whose, key, queued] = await Promise.all([
				answerOf(tx.objectStore('facts').get('whose')),
				answerOf(tx.objectStore('facts').get('key')),
				answerOf(tx.objectStore('queue').getAll())]);
			if (whose && key && queued.length)
				kept = await seal(queued, key, whose.user);
		}
		const tx = db.transaction(ALL, 'readwrite');
		clear(tx);
		if (kept)
			tx.objectStore('sealed').put(kept);
		await ended(tx);
	}).catch(() => void indexedDB.deleteDatabase(NAME));
	const worker = await navigator.serviceWorker?.getRegistration()
		.catch(() => undefined);
	await worker?.unregister();
	for (const name of await caches.keys())
		await caches.delete(name);
}

/** What was sealed for them; stays: else it is not here any more then. */
export async function takeSealed<T>(user: string, stays = false):
	Promise<T | undefined> {
	try {
		if (!await isThere())
			return undefined;
		const tx = (await openDatabase()).transaction('sealed', 'readwrite');
		const found = answerOf(tx.objectStore('sealed').get(user));
		if (!stays)
			tx.objectStore('sealed').delete(user);
		await ended(tx);
		return await found;
	} catch {
		return undefined;
	}
}

// ---- what is bounded -------------------------------------------------------

export interface Item { id: string; at: number; size: number; what: unknown }

// To add up their sizes takes a while.
const SELDOM = 20;
let writes = 0;

/** The last used stay. */
function trim(tx: IDBTransaction, name: Bounded) {
	const all = tx.objectStore(name).count();
	all.onsuccess = () => {
		if (all.result > BOUNDS[name][0] || writes++ % SELDOM === 0)
			dropOld(tx, name);
	};
}

function dropOld(tx: IDBTransaction, name: Bounded) {
	const [most, octets] = BOUNDS[name];
	let n = 0, sum = 0;
	const cursor = tx.objectStore(name).index('use').openKeyCursor(null, 'prev');
	cursor.onsuccess = () => {
		const at = cursor.result;
		if (!at)
			return;
		n++;
		sum += (at.key as [number, number])[1];
		if (n > most || sum > octets)
			tx.objectStore(name).delete(at.primaryKey);
		at.continue();
	};
}

export const keep = (name: Bounded, all: Item[]) => change([name], (tx) => {
	for (const one of all)
		tx.objectStore(name).put(one);
	trim(tx, name);
});

export const keepFact = (name: string, what: unknown) =>
	change([], (tx) => void tx.objectStore('facts').put(what, name));
export const keptFact = <T>(name: string): Promise<T | undefined> =>
	look('facts', (s) => s.get(name));
