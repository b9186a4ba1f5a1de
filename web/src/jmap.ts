// JMAP as any program speaks it: calls in one request, uploads, downloads and
// what changes.                                            RFC 8620, RFC 8621
import { signal } from '@preact/signals';
import { beginKeeping, canKeep, keepFact, keptFact, openKept, wipe } from './device';
import { carryOver, isCarried, openSealed, seal, sealBy } from './seal';

export interface Address { name: string | null; email: string }

export interface Mailbox {
	id: string;
	name: string;
	parentId: string | null;
	role: string | null;
	sortOrder: number;
	totalEmails: number;
	unreadEmails: number;
	totalThreads: number;
	unreadThreads: number;
}

export interface Part {
	partId: string | null;
	blobId: string | null;
	size: number;
	name: string | null;
	type: string;
	disposition: string | null;
	cid: string | null;
}

export interface Email {
	id: string;
	blobId: string;
	threadId: string;
	mailboxIds: Record<string, boolean>;
	keywords: Record<string, boolean>;
	from: Address[] | null;
	to: Address[] | null;
	cc: Address[] | null;
	subject: string | null;
	receivedAt: string;
	preview: string;
	hasAttachment: boolean;
}

export interface FullEmail extends Email {
	bcc: Address[] | null;
	replyTo: Address[] | null;
	sentAt: string | null;
	messageId: string[] | null;
	references: string[] | null;
	inReplyTo: string[] | null;
	textBody: Part[];
	htmlBody: Part[];
	attachments: Part[];
	bodyValues: Record<string, { value: string; isTruncated: boolean }>;
}

export interface Identity {
	id: string;
	name: string;
	email: string;
	replyTo: Address[] | null;
	textSignature: string;
}

export interface SetAnswer {
	created?: Record<string, { id: string; blobId?: string }> | null;
	notCreated?: Record<string, SetError> | null;
	notUpdated?: Record<string, SetError> | null;
	notDestroyed?: Record<string, SetError> | null;
	newState: string;
}
export interface SetError { type: string; description?: string | null }

interface Session {
	capabilities: Record<string, unknown>;
	accounts: Record<string, { name: string; accountCapabilities:
		Record<string, { maxDelayedSend?: number }> }>;
	primaryAccounts: Record<string, string>;
	apiUrl: string;
	downloadUrl: string;
	uploadUrl: string;
	eventSourceUrl: string;
}

/** Who is signed in; undefined: nobody knows yet, null: nobody is. */
export const person = signal<{ user: string; token: string } | null>();

/** Nobody is any more, and not because they wanted so. */
export const wasSignedOut = signal(false);

/** The server cannot be reached; nothing else is asked until it can be. */
export const offline = signal(false);

export class Refusal extends Error {
	constructor(readonly type: string, readonly status = 0) {
		super(type);
	}
}

const MAIL = 'urn:ietf:params:jmap:mail';
const SUBMISSION = 'urn:ietf:params:jmap:submission';
const QUOTA = 'urn:ietf:params:jmap:quota';
const VACATION = 'urn:ietf:params:jmap:vacationresponse';
const WANTED = ['urn:ietf:params:jmap:core', MAIL, SUBMISSION, QUOTA, VACATION];
// The cookie cannot be seen from here: who never signed in is not asked.
const MARK = 'postern.signed-in';
// Who signed out where the server could not be told; the cookie is still there.
const LEAVING = 'postern.leaving';

let serves = '';
let session: Session;
let account = '';

// Who they are by from now on is on its way.
let renewing = false;

export const isOffline = (e: unknown) =>
	e instanceof Refusal && e.type === 'offline';

// Of a proxy that does not reach the server, or a server that is about to end.
const AWAY = [502, 503, 504];
const START_MS = 5000;

function unreachable(): Refusal {
	if (person.value)
		offline.value = true;
	return new Refusal('offline');
}

export const wentAway = () => void unreachable();

async function fetchOk(path: string, init?: RequestInit, always = false):
	Promise<Response> {
	const as = person.value?.token;
	if (offline.value && !always)
		throw new Refusal('offline');
	const answer = await fetch(path, init).catch(() => {
		throw unreachable();
	});
	if (AWAY.includes(answer.status) && path !== '/login')
		throw unreachable();
	// Asked in the name of a sign-in that another has come in the place of.
	const isOld = renewing || person.value?.token !== as;
	if (answer.status === 401 && path !== '/login' && isOld)
		throw new Refusal('signedOut', 401);
	if (answer.status === 401 && path !== '/login') {
		wasSignedOut.value = !!localStorage.getItem(MARK);
		forgetPerson(true);
		throw new Refusal('signedOut', 401);
	}
	if (!answer.ok) {
		const said = await answer.json().catch(() => null);
		throw new Refusal(said?.codeWanted ? 'codeWanted' :
			said?.limit === 'maxConcurrentRequests' ? 'busy' :
			said?.type ?? 'http', answer.status);
	}
	return answer;
}

/** What it says; half way it can break off as well. */
export const read = (answer: Response) =>
	answer.json().catch(() => { throw new Refusal('offline'); });

const json = { 'Content-Type': 'application/json' };
const token = () => ({ 'X-CSRF-Token': person.value?.token ?? '' });

// ---- who it is -------------------------------------------------------------

/** A page serves one person: what it knows is theirs, and the ids of their messages
 * are those of others for the next one, who gets a page of their own. */
const isOther = (who: { user: string }) => serves && serves !== who.user;

function welcome(who: { user: string; token: string }) {
	if (isOther(who)) {
		location.reload();
		return;
	}
	serves = who.user;
	wasSignedOut.value = false;
	person.value = who;
	if (!offline.value)
		void keepFact('met', Date.now());
}

/** A device keeps nothing of who is not signed in. ended: not by them, so what
 * the server does not know yet is sealed for when they come again. */
function forgetPerson(ended = false) {
	localStorage.removeItem(MARK);
	person.value = null;
	offline.value = false;
	gone = wipe(ended ? seal : undefined);
}
let gone: Promise<void> = Promise.resolve();

// Whoever signs out in one window has done so in all of them.
addEventListener('storage', (e) => {
	if (e.key === MARK && e.newValue === null && person.value)
		person.value = null;
});

// This page came from where the rest is, by whatever name that is reached.
const here = (url: string) => url.replace(/^https?:\/\/[^/]+/, '');

async function readSession(always = false) {
	const answer = await fetchOk('/.well-known/jmap', {}, always).catch((e) => {
		throw e.status === 404 ? new Refusal('noMail') : e;
	});
	const said = await read(answer);
	takeSession(said);
	void opened.then(() => keepFact('session', said));
}
// What this device keeps is looked up while the server is asked.
let opened: Promise<string | undefined> = Promise.resolve(undefined);

function takeSession(said: Session) {
	session = { ...said, apiUrl: here(said.apiUrl),
		downloadUrl: here(said.downloadUrl), uploadUrl: here(said.uploadUrl),
		eventSourceUrl: here(said.eventSourceUrl) };
	account = session.primaryAccounts[MAIL] ?? '';
	if (!account)
		throw new Refusal('noMail');
}

/** May they send? Else there is nothing to write for. */
export const canSend = () => SUBMISSION in session.capabilities;
/** Does it answer for those who are away? */
export const canAnswer = () => VACATION in session.capabilities;
/** For how many seconds may what they send be held? */
export const maxHold = () => session.accounts[account]
	?.accountCapabilities[SUBMISSION]?.maxDelayedSend ?? 0;

export interface Quota { resourceType: string; used: number; hardLimit: number }
/** How much they have and may have; null: as much as they like. */
export async function askQuota(): Promise<Quota | null> {
	if (!(QUOTA in session.capabilities))
		return null;
	const a = await ask([['Quota/get', { ids: null }]]);
	return a.get<{ list: Quota[] }>(0).list
		.find((q) => q.resourceType === 'octets') ?? null;
}

let sealed: Promise<unknown[] | null> | undefined;
/** What the sign-in before left undone, once; null: nobody can read it. */
export async function leftUndone(): Promise<unknown[] | null> {
	const found = sealed;
	sealed = undefined;
	return found ?? [];
}

/** Tells the server of who signed out without it; as often as it takes. */
async function leave() {
	const everywhere = localStorage.getItem(LEAVING) === 'everywhere';
	const signal = AbortSignal.timeout(START_MS);
	let answer = await fetch('/session', { signal });
	if (answer.ok)
		answer = await fetch(everywhere ? '/sessions' : '/session', {
			method: 'DELETE', signal,
			headers: { 'X-CSRF-Token': (await answer.json()).token } });
	if (answer.ok || answer.status === 401)
		localStorage.removeItem(LEAVING);
}

/** Is somebody signed in already? */
export async function findPerson() {
	if (localStorage.getItem(LEAVING))
		await leave().catch(() => undefined);
	if (!localStorage.getItem(MARK)) {
		person.value = null;
		return;
	}
	opened = openKept();
	try {
		const [who] = await inTime(Promise.all([fetchOk('/session'),
			readSession()]));
		const found = await read(who);
		const kept = await opened;
		if (kept && kept !== found.user)
			await wipe();
		if (isCarried())
			sealed = openSealed(found.user);
		welcome(found);
	} catch (e) {
		if (!isOffline(e) || !await showKept())
			throw e;
	}
}

/** Where mail is kept, nobody waits long for a network that says nothing. */
async function inTime<T>(asked: Promise<T>): Promise<T> {
	const late = opened.then((kept) => new Promise<T>((_, failed) => {
		if (kept)
			setTimeout(() => failed(new Refusal('offline')), START_MS);
	}));
	return Promise.race([asked, late]);
}

/** The page without the server: who it was the last time. */
async function showKept(): Promise<boolean> {
	const user = await opened;
	const said = await keptFact<Session>('session');
	if (!user || !said || person.value === null)
		return false;
	const met = await keptFact<number>('met') ?? 0;
	if (Date.now() - met > KEPT_MS) {
		await wipe(seal);
		return false;
	}
	takeSession(said);
	offline.value = true;
	welcome({ user, token: '' });
	return true;
}

// As long as a sign-in holds by itself: nobody can say of a longer time whether it
// was ended elsewhere.
const KEPT_MS = 14 * 86400_000;
const REACH_MS = 15_000;

/** Is the server there again? Then it says who this is. */
export async function reach(): Promise<boolean> {
	try {
		const answer = await fetchOk('/session',
			{ signal: AbortSignal.timeout(REACH_MS) }, true);
		const who = await read(answer);
		await readSession(true);
		if (!person.value)
			return false;
		if (who.user !== serves)
			await wipe();
		offline.value = false;
		welcome(who);
		return true;
	} catch {
		return false;
	}
}

/** code: of their second factor, where they have one. keep: mail may stay on
 * this device. */
export async function signIn(user: string, password: string, code?: string,
	keep = false) {
	if (localStorage.getItem(LEAVING))
		await leave().catch(() => undefined);
	const answer = await fetchOk('/login', { method: 'POST', headers: json,
		body: JSON.stringify({ user, password, code }) });
	const who = await read(answer);
	try {
		await readSession();
	} catch (e) {
		await fetchOk('/session', { method: 'DELETE',
			headers: { 'X-CSRF-Token': who.token } });
		throw e;
	}
	localStorage.removeItem(LEAVING);
	localStorage.setItem(MARK, '1');
	await gone;
	if (keep && canKeep()) {
		await beginKeeping(who.user);
		void keepFact('session', session);
		await (isOther(who) ? sealBy(password) : void sealBy(password));
	} else {
		await wipe();
	}
	if (isOther(who))
		await carryOver(who.user, password);
	else
		sealed = openSealed(who.user, password);
	welcome(who);
}

// Requests without an answer yet.
const underWay = new Set<Promise<unknown>>();

/** Meanwhile nobody is, so that nothing else is asked and refused. */
export async function signOut(everywhere = false) {
	const who = person.value, headers = token();
	if (offline.value) {
		localStorage.setItem(LEAVING, everywhere ? 'everywhere' : 'here');
		forgetPerson();
		await gone;
		return;
	}
	person.value = undefined;
	try {
		await settled();
		await fetchOk(everywhere ? '/sessions' : '/session',
			{ method: 'DELETE', headers });
	} catch (e) {
		// It was over already.
		if (!(e instanceof Refusal && e.status === 401)) {
			person.value ??= who;
			if (isOffline(e))	// then that is how it is done next
				wentAway();
			throw e;
		}
	}
	forgetPerson();
	await gone;
}

/** Another sign-in comes in the place of this one. */
export async function renew(by: () => Promise<Response>) {
	await settled();
	renewing = true;
	try {
		person.value = await read(await by());
	} finally {
		renewing = false;
	}
}

/** Until what was asked is answered. */
const settled = () => Promise.allSettled(underWay);

/** Something of one's own account that is no JMAP. */
export const own = (method: string, path: string, form?: object) =>
	fetchOk(path, { method, headers: form ? { ...json, ...token() } : token(),
		body: form && JSON.stringify(form) });

// ---- calls -----------------------------------------------------------------

export type Call = [name: string, args: object];
/** An argument that is a result of the call before. */
export const from = (resultOf: number, name: string, path: string) =>
	({ resultOf: String(resultOf), name, path });

/** The answers of one request; reading one that is an error throws it. */
export class Answers {
	constructor(private said: [string, unknown, string][]) {}
	get<T>(n: number): T {
		const found = this.said.find(([, , id]) => id === String(n));
		if (!found || found[0] === 'error')
			throw new Refusal((found?.[1] as { type?: string })?.type ??
				'serverFail');
		return found[1] as T;
	}
	has(n: number): boolean {
		return this.said.some(([name, , id]) => id === String(n) &&
			name !== 'error');
	}
}

/** So many at once; the others wait for their turn. */
function turns(free: number) {
	const waiting: (() => void)[] = [];
	return {
		take: () => new Promise<void>((go) => {
			if (free > 0) {
				free--;
				go();
			} else {
				waiting.push(go);
			}
		}),
		give: () => {
			const next = waiting.shift();
			if (next)
				next();
			else
				free++;
		},
	};
}
// The server takes twice as many of an account: there may be another window. Over
// HTTP/2 the browser has no bound of its own.
const asks = turns(4), uploads = turns(2);

const BUSY_MS = 200, BUSY_TRIES = 50;
/** Other windows, and other programs, may have all that is taken at once. */
async function whenFree<T>(run: () => Promise<T>): Promise<T> {
	for (let n = 1; ; n++)
		try {
			return await run();
		} catch (e) {
			if (!(e instanceof Refusal && e.type === 'busy') ||
				n === BUSY_TRIES)
				throw e;
			await new Promise((go) => setTimeout(go, BUSY_MS));
		}
}

export async function ask(calls: Call[], keepalive = false,
	stop?: AbortSignal): Promise<Answers> {
	if (!person.value)
		throw new Refusal('signedOut', 401);
	const using = WANTED.filter((c) => c in session.capabilities);
	const methodCalls = calls.map(([name, args], i) =>
		[name, { accountId: account, ...args }, String(i)]);
	const init = { method: 'POST', keepalive, signal: stop,
		headers: { ...json, ...token() },
		body: JSON.stringify({ using, methodCalls }) };
	const post = () => fetchOk(session.apiUrl, init).then(read);
	// A page that is about to be left has no time to wait.
	const asked = keepalive ? post() :
		whenFree(() => asks.take().then(post).finally(asks.give));
	underWay.add(asked);
	try {
		return new Answers((await asked).methodResponses);
	} finally {
		underWay.delete(asked);
	}
}

/** What a /set refused, thrown. */
export function checkSet(a: SetAnswer) {
	for (const refused of [a.notCreated, a.notUpdated, a.notDestroyed])
		for (const why of Object.values(refused ?? {}))
			throw new Refusal(why.type);
}

// ---- blobs -----------------------------------------------------------------

const expand = (template: string, values: Record<string, string>) =>
	template.replace(/{(\w+)}/g, (_, name: string) =>
		encodeURIComponent(values[name] ?? ''));

export const downloadUrl = (blobId: string, name: string, type: string) =>
	expand(session.downloadUrl, { accountId: account, blobId, name, type });

/** fetch() says nothing of how far it is. */
export function upload(file: File, progress: (part: number) => void,
	stop: AbortSignal): Promise<{ blobId: string; type: string; size: number }> {
	return new Promise((done, failed) => void uploads.take().then(() => {
		if (stop.aborted) {
			uploads.give();
			return;
		}
		const r = new XMLHttpRequest();
		r.open('POST', expand(session.uploadUrl, { accountId: account }));
		r.setRequestHeader('Content-Type',
			file.type || 'application/octet-stream');
		r.setRequestHeader('X-CSRF-Token', person.value?.token ?? '');
		r.responseType = 'json';
		r.upload.onprogress = (e) => progress(e.loaded / (e.total || 1));
		r.onload = () => r.status === 200 || r.status === 201 ?
			done(r.response) :
			failed(new Refusal(r.status === 413 ? 'tooLarge' : 'http',
				r.status));
		r.onerror = () => failed(new Refusal('offline'));
		r.onloadend = uploads.give;
		stop.addEventListener('abort', () => r.abort());
		r.send(file);
	}));
}

// ---- what changes ----------------------------------------------------------

const ASK_MS = 30000;

/** Calls changed() with the types that did; returns how to end it. Where no
 * events come, perhaps for a proxy on the way, it is time that changes them. */
export function listen(changed: (types: string[]) => void): () => void {
	if (offline.value)
		return () => undefined;
	const events = new EventSource(expand(session.eventSourceUrl,
		{ types: '*', closeafter: 'no', ping: '60' }));
	events.addEventListener('state', (e) => {
		const said = JSON.parse((e as MessageEvent<string>).data);
		changed(Object.keys(said.changed?.[account] ?? {}));
	});
	let timer = 0;
	events.onerror = () => {
		// Perhaps it is gone, and nobody has asked it for anything.
		if (events.readyState === EventSource.CONNECTING)
			fetchOk('/session').catch(() => undefined);
		if (events.readyState === EventSource.CLOSED && !timer)
			timer = window.setInterval(() => changed(['Mailbox', 'Email']),
				ASK_MS);
	};
	return () => {
		clearInterval(timer);
		events.close();
	};
}
