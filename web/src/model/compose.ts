// The message that is being written: kept as a draft while it is, then sent, now
// or later.
import { effect, signal, type Signal } from '@preact/signals';
import { keepFact, keptFact } from '../device';
import { ask, checkSet, isOffline, maxHold, offline, person, Refusal, upload,
	type Address, type Call, type Email, type FullEmail, type Identity,
	type SetAnswer } from '../jmap';
import { nameOf, people, readAddresses, subjectOf, utcOf, whenFull, written }
	from '../format';
import { t } from '../texts';
import { ALL, byRole, takeMailboxes } from './mailboxes';
import { changedHere, emailOf, refresh } from './list';
import { allTold, setKeyword } from './actions';
import { followScheduled, submit, takeBack, undoS, type Envelope } from './later';
import { writeOnce } from './once';
import { askNow, enqueue, enqueueLetter, flush, holdLetter, queued, takeLetter,
	untold, written as writtenLetter, type Letter } from './queue';
import { textOf } from './text';
import { askFor, say, sayWrong } from './say';

const SAVE_MS = 1500;

export interface Attached {
	name: string;
	type: string;
	size: number;
	blobId: Signal<string>;	// empty: not there yet
	/** Of one that waits for the server to be there. */
	blob?: Blob;
	part: Signal<number>;	// of it that is there
	stop: AbortController;
}

export interface Writing {
	title: string;
	to: Signal<string>;
	cc: Signal<string>;
	bcc: Signal<string>;
	showCc: Signal<boolean>;
	subject: Signal<string>;
	text: Signal<string>;
	identity: Signal<string>;
	files: Signal<Attached[]>;
	state: Signal<'new' | 'changed' | 'saving' | 'saved' | 'kept' | 'failed'>;
	/** What it is called among what waits for the server. */
	key: string;
	draft: string | null;
	/** Of the draft, which goes out by this one; and of those of which nobody
	 * knows whether they were stored. */
	messageId: string;
	lost: string[];
	/** What the server had handed in when it stored the draft. */
	submissions?: string;
	inReplyTo: string[] | null;
	references: string[] | null;
	/** What it answers, and what that is marked with when it is sent. */
	answers: { id: string; keyword: string } | null;
	/** For one that begins with recipients the text comes first. */
	focusText: boolean;
}

export const writing = signal<Writing | null>(null);
export const identities = signal<Identity[]>([]);

/** Also for who writes without the server. */
export async function loadIdentities() {
	if (identities.value.length)
		return;
	try {
		const answers = await ask([['Identity/get', { ids: null }]]);
		identities.value = answers.get<{ list: Identity[] }>(0).list;
		void keepFact('identities', identities.value);
	} catch (e) {
		if (!isOffline(e))
			throw e;
		identities.value = await keptFact<Identity[]>('identities') ?? [];
		if (!identities.value.length)
			throw e;
	}
	if (!identities.value.length)
		throw new Refusal('forbiddenFrom');
}

const mine = (email: string) => [person.value?.user,
	...identities.value.map((i) => i.email)]
	.some((a) => a?.toLowerCase() === email.toLowerCase());

const fields = (list: Address[] | null | undefined) =>
	(list ?? []).map(written).join(', ');

async function begin(of: Partial<{ [K in keyof Writing]:
	Writing[K] extends Signal<infer V> ? V : Writing[K] }>,
	files: Attached[] = []) {
	const isWritten = !!(of.draft || of.key);	// it has its signature
	try {
		await loadIdentities();
	} catch (e) {
		sayWrong(e);
		return;
	}
	await closeWriting();
	if (writing.value)	// it could not be saved, and is nowhere else
		return;
	const first = identities.value[0]!;
	const sign = first.textSignature ? `\n\n-- \n${first.textSignature}` : '';
	writing.value = {
		title: of.title ?? t.newMessage,
		to: signal(of.to ?? ''), cc: signal(of.cc ?? ''),
		bcc: signal(of.bcc ?? ''), showCc: signal(!!(of.cc || of.bcc)),
		subject: signal(of.subject ?? ''),
		text: signal(isWritten ? of.text ?? '' : sign + (of.text ?? '')),
		identity: signal(of.identity ?? first.id),
		files: signal(files),
		state: signal(of.key ? 'changed' : of.draft ? 'saved' : 'new'),
		key: of.key ?? crypto.randomUUID(), messageId: '',
		lost: of.lost ?? [], draft: of.draft ?? null, inReplyTo: of.inReplyTo ?? null,
		references: of.references ?? null, answers: of.answers ?? null,
		focusText: of.focusText ?? false,
	};
}

export const compose = () => begin({});

// ---- answers ---------------------------------------------------------------

const prefixed = (prefix: string, subject: string) =>
	new RegExp(`^${prefix}:`, 'i').test(subject) ? subject :
		`${prefix}: ${subject}`;

const quote = (e: FullEmail) => `\n\n${t.wrote(whenFull(e.receivedAt),
	people(e.from))}\n` + textOf(e).trimEnd().split('\n')
	.map((line) => line.startsWith('>') ? `>${line}` : `> ${line}`).join('\n');

const unlike = (list: Address[], others: Address[]) => list.filter((a, i) =>
	![...others, ...list.slice(0, i)].some((b) =>
		b.email.toLowerCase() === a.email.toLowerCase()));

export function reply(e: FullEmail, all: boolean) {
	const sender = e.replyTo?.length ? e.replyTo : e.from ?? [];
	const own = sender.every((a) => mine(a.email));
	const to = own ? e.to ?? [] : sender;
	const others = (own ? [] : e.to ?? []).concat(e.cc ?? [])
		.filter((a) => !mine(a.email));
	return begin({
		title: all ? t.replyAll : t.reply, to: fields(to),
		cc: all ? fields(unlike(others, to)) : '',
		subject: prefixed('Re', e.subject ?? ''), text: quote(e),
		inReplyTo: e.messageId,
		references: [...e.references ?? e.inReplyTo ?? [],
			...e.messageId ?? []],
		answers: { id: e.id, keyword: '$answered' }, focusText: true });
}

const attachedOf = (e: FullEmail): Attached[] => e.attachments
	.filter((p) => p.blobId).map((p) => ({ name: p.name ?? 'file',
		type: p.type, size: p.size, blobId: signal(p.blobId!),
		part: signal(1), stop: new AbortController() }));

export function forward(e: FullEmail) {
	const head = [[t.from, fields(e.from)], [t.to, fields(e.to)],
		[t.date, whenFull(e.receivedAt)], [t.subject, subjectOf(e)]]
		.map(([name, value]) => `${name}: ${value}`).join('\n');
	return begin({ title: t.forward,
		subject: prefixed('Fwd', e.subject ?? ''),
		text: `\n\n---------- ${t.forwarded} ----------\n${head}\n\n${textOf(e)}`,
		answers: { id: e.id, keyword: '$forwarded' } }, attachedOf(e));
}

export const editDraft = (e: FullEmail) => begin({ title: t.draft,
	to: fields(e.to), cc: fields(e.cc), bcc: fields(e.bcc),
	subject: e.subject ?? '', text: textOf(e).replace(/\n$/, ''), draft: e.id,
	identity: identities.value.find((i) =>
		i.email === e.from?.[0]?.email)?.id,
	inReplyTo: e.inReplyTo, references: e.references }, attachedOf(e));

// ---- drafts ----------------------------------------------------------------

function message(w: Writing) {
	const identity = identities.value.find((i) => i.id === w.identity.value) ??
		identities.value[0]!;
	const list = (s: Signal<string>) => readAddresses(s.value).list;
	return {
		mailboxIds: { [byRole('drafts')?.id ?? '']: true },
		keywords: { $draft: true, $seen: true },
		from: [{ name: identity.name || null, email: identity.email }],
		...(identity.replyTo?.length ? { replyTo: identity.replyTo } : {}),
		to: list(w.to), cc: list(w.cc), bcc: list(w.bcc),
		subject: w.subject.value,
		...(w.inReplyTo ? { inReplyTo: w.inReplyTo } : {}),
		...(w.references?.length ? { references: w.references } : {}),
		textBody: [{ partId: 'text', type: 'text/plain' }],
		bodyValues: { text: { value: w.text.value } },
		attachments: w.files.value.filter((f) => f.blobId.value).map((f) => ({
			blobId: f.blobId.value, type: f.type, name: f.name,
			disposition: 'attachment' })),
	};
}

const draftSet = (w: Writing, messageId: string): Call => ['Email/set', {
	create: { d: { ...message(w), messageId: [messageId] } },
	...(w.draft ? { destroy: [w.draft] } : {}) }];

const identityOf = (w: Writing) => identities.value.find((i) =>
	i.id === w.identity.value) ?? identities.value[0]!;
/** Each version has its own, so that the last one is known from the others. */
const newMessageId = (w: Writing) => `${crypto.randomUUID()}@${
	identityOf(w).email.split('@').at(-1)}`;

/** What it is without the server. */
const letterOf = (w: Writing, send: Letter['send'] = null): Letter => ({
	kind: 'write', key: w.key, send,
	form: { title: w.title, to: w.to.value, cc: w.cc.value, bcc: w.bcc.value,
		subject: w.subject.value, text: w.text.value,
		identity: w.identity.value },
	inReplyTo: w.inReplyTo, references: w.references, answers: w.answers,
	message: message(w), files: w.files.value.map((f) => ({ name: f.name,
		type: f.type, size: f.size, blobId: f.blobId.value, blob: f.blob })),
	messageId: newMessageId(w), tried: false,
	replaces: w.draft ? [w.draft] : [], older: w.lost });

const wait = async (w: Writing, letter: Letter) => {
	await enqueueLetter(letter);
	if (w.state.peek() === 'saving')	// not written on meanwhile
		w.state.value = 'kept';
};

/** Back from among what waits; false: the server has it already. */
async function takeBackKept(w: Writing) {
	const letter = await takeLetter(w.key);
	if (letter)
		w.lost = [...letter.older, ...letter.tried ? [letter.messageId] : []];
	return !!letter;
}

/** Files that were chosen while there was no server. */
async function uploadLate(w: Writing) {
	for (const f of w.files.value.filter((one) => one.blob))
		await sendFile(f, f.blob!);
}

/** The new one is there before the old one goes; its parts are its own. */
async function store(w: Writing) {
	if (!offline.value && queued.value.some((q) =>
		q.deed.kind === 'write' && q.deed.key === w.key))
		await takeBackKept(w);
	w.state.value = 'saving';
	if (offline.value)
		return wait(w, letterOf(w));
	await uploadLate(w);
	const sentFiles = w.files.value.filter((f) => f.blobId.value);
	changedHere();
	const letter = letterOf(w);
	if (w.lost.length) {
		w.draft = await writeOnce(letter, askNow, async () => undefined);
		w.lost = [];
		w.submissions = undefined;
	} else {
		const answers = await ask([draftSet(w, letter.messageId), ALL,
			['EmailSubmission/get', { ids: [] }]]).catch(async (e) => {
			// It may be there, and the answer was lost.
			if (!isOffline(e))
				throw e;
			await wait(w, { ...letter, tried: true });
		});
		if (!answers)
			return;
		takeMailboxes(answers, 1);
		const set = answers.get<SetAnswer>(0);
		checkSet({ ...set, notDestroyed: null });
		w.draft = set.created!.d!.id;
		w.submissions = answers.get<{ state: string }>(2).state;
	}
	w.messageId = letter.messageId;
	if (sentFiles.length) {
		const got = await ask([['Email/get', { ids: [w.draft],
			properties: ['attachments'] }]]);
		const [e] = got.get<{ list: FullEmail[] }>(0).list;
		e?.attachments.forEach((p, i) => {
			if (p.blobId && sentFiles[i])
				sentFiles[i].blobId.value = p.blobId;
		});
	}
	refresh();
}

// One after the other: each replaces what the last one left.
let line: Promise<unknown> = Promise.resolve();
let timer = 0;

export function save(w: Writing): Promise<boolean> {
	const done = line.then(async () => {
		if (!['changed', 'failed'].includes(w.state.value) &&
			(w.state.value !== 'kept' || offline.value))
			return true;
		try {
			await store(w);
			if (w.state.peek() as string === 'saving')
				w.state.value = 'saved';
			return true;
		} catch (e) {
			w.state.value = 'failed';
			sayWrong(e);
			return false;
		}
	});
	line = done;
	return done;
}

export function changed(w: Writing) {
	w.state.value = 'changed';
	clearTimeout(timer);
	timer = window.setTimeout(() => void save(w), SAVE_MS);
}

/** Who closes the page a moment after the last word has it in the draft. */
addEventListener('pagehide', () => {
	const w = writing.value;
	if (w?.state.value === 'changed' && offline.value)
		void enqueueLetter(letterOf(w));
	else if (w?.state.value === 'changed')
		ask([draftSet(w, newMessageId(w))], true).catch(() => undefined);
});

export async function closeWriting() {
	const w = writing.value;
	if (!w)
		return;
	clearTimeout(timer);
	if (await save(w) && writing.value === w)
		writing.value = null;
}

async function destroyDraft(w: Writing) {
	await line;
	await takeBackKept(w);
	if (!w.draft)
		return;
	if (offline.value)
		return enqueue({ kind: 'remove', ids: [w.draft] });
	const answers = await ask([['Email/set', { destroy: [w.draft] }], ALL]);
	takeMailboxes(answers, 1);
	refresh();
}

export function discard(w: Writing) {
	clearTimeout(timer);
	w.state.value = 'saved';
	w.files.value.forEach((f) => f.stop.abort());
	writing.value = null;
	destroyDraft(w).catch(sayWrong);
}

// ---- attachments -----------------------------------------------------------

export function attach(w: Writing, all: Iterable<File>) {
	for (const file of all) {
		const f: Attached = { name: file.name, size: file.size,
			type: file.type || 'application/octet-stream',
			blobId: signal(''), part: signal(0), stop: new AbortController() };
		w.files.value = [...w.files.value, f];
		sendFile(f, file).catch((e) => {
			if (!isOffline(e))
				throw e;
			f.blob = file;
			f.part.value = 1;
		}).then(() => changed(w), (e) => {
			detach(w, f);
			sayWrong(e);
		});
	}
}

async function sendFile(f: Attached, octets: Blob) {
	if (offline.value)
		throw new Refusal('offline');
	const file = octets instanceof File ? octets :
		new File([octets], f.name, { type: f.type });
	const blob = await upload(file, (part) => f.part.value = part, f.stop.signal);
	f.part.value = 1;
	f.blob = undefined;
	f.blobId.value = blob.blobId;
}

export function detach(w: Writing, f: Attached) {
	f.stop.abort();
	w.files.value = w.files.value.filter((other) => other !== f);
	changed(w);
}

// ---- sending ---------------------------------------------------------------

/** Why it cannot go as it stands, in words. */
function missing(w: Writing): string | null {
	const read = [w.to, w.cc, w.bcc].map((s) => readAddresses(s.value));
	const bad = read.find((r) => r.bad)?.bad;
	if (bad)
		return t.badRecipient(bad);
	if (!read.some((r) => r.list.length))
		return t.noRecipient;
	return w.files.value.some((f) => !f.blobId.value && !f.blob) ?
		t.uploading : null;
}

const ownText = (w: Writing) => w.text.value.split('\n')
	.filter((line) => !line.startsWith('>')).join('\n');

async function isSure(w: Writing) {
	if (!w.subject.value.trim() &&
		await askFor(t.noSubjectAsk, t.sendAnyway) === null)
		return false;
	return w.files.value.length > 0 || !t.attachWords.test(ownText(w)) ||
		await askFor(t.forgotAttachment, t.sendAnyway) !== null;
}

function envelopeOf(w: Writing, at?: Date): Envelope {
	return { mailFrom: { email: identityOf(w).email, parameters: at ?
		{ HOLDUNTIL: utcOf(at) } : { HOLDFOR: String(undoS.value) } },
		rcptTo: recipientsOf(w).map((email) => ({ email })) };
}

const recipientsOf = (w: Writing) => unlike([w.to, w.cc, w.bcc]
	.flatMap((s) => readAddresses(s.value).list), []).map((a) => a.email);

/** Where nothing can be held, or no more, or is to be, it leaves at once; not so
 * what was to leave at a time. */
async function submitHeld(w: Writing, at?: Date) {
	const s = { identityId: w.identity.value, emailId: w.draft! };
	if (!at && (!maxHold() || !undoS.value))
		return submit(s);
	try {
		return await submit({ ...s, envelope: envelopeOf(w, at) },
			w.submissions);
	} catch (e) {
		// Something else was handed in meanwhile, and this was not.
		if (e instanceof Refusal && e.type === 'stateMismatch') {
			w.submissions = undefined;
			return submitHeld(w, at);
		}
		if (at || !(e instanceof Refusal) || e.type !== 'overQuota')
			throw e;
		return submit(s);
	}
}

/** How long it is said that it can be undone, where it stays so. */
const SAID_MS = 10000;

// ---- sending without the server --------------------------------------------

const sendOf = (w: Writing, at?: Date): Letter['send'] => ({
	identityId: identityOf(w).id, mailFrom: identityOf(w).email,
	rcptTo: recipientsOf(w), at: at ? at.toISOString() : null,
	sent: byRole('sent')?.id ?? '' });

/** What it answers and is not marked with yet. */
const unanswered = (w: Writing) => [w.answers && emailOf(w.answers.id)]
	.filter((e) => e && !e.keywords[w.answers!.keyword]) as Email[];

async function unqueue(w: Writing, answered: string[]) {
	if (!await takeBackKept(w)) {
		sayWrong(new Refusal('cannotUnsend'));
		return;
	}
	w.state.value = 'changed';
	await closeWriting();
	writing.value ??= w;
	if (writing.value === w)
		changed(w);
	else	// never lost, whatever came between
		await enqueueLetter(letterOf(w));
	await setKeyword(answered.map(emailOf).filter((e) => e !== undefined),
		w.answers?.keyword ?? '', false);
}

/** It leaves when the server is there again. */
async function sendWhenBack(w: Writing, letter: Letter) {
	const answered = unanswered(w);
	await wait(w, letter);
	writing.value = null;
	// Nobody knows of what was tried whether it can be undone.
	say(t.waitsToBeSent(recipientsOf(w).join(', ')), letter.tried ? undefined :
		() => void unqueue(w, answered.map((e) => e.id)), SAID_MS);
	await setKeyword(answered, w.answers?.keyword ?? '', true);
}

/** What waits, written on. */
export async function editLetter(key: string) {
	if (writing.peek()?.key === key)	// they are at it
		return;
	const letter = await holdLetter(key);
	if (!letter) {
		sayWrong(new Refusal('cannotUnsend'));
		return;
	}
	await begin({ ...letter.form, key, inReplyTo: letter.inReplyTo,
		references: letter.references, answers: letter.answers,
		draft: letter.replaces[0] ?? null,
		lost: [...letter.older, ...letter.tried ? [letter.messageId] : []] },
		letter.files.map((f) => ({ name: f.name, type: f.type, size: f.size,
			blobId: signal(f.blobId), blob: f.blob, part: signal(1),
			stop: new AbortController() })));
	const w = writing.value;
	if (w?.key === key)
		changed(w);
	else	// never lost, whatever came between
		await enqueueLetter(letter);
}

// One that waited while its sheet is open is the draft of that sheet.
effect(() => {
	const done = writtenLetter.value, w = writing.peek();
	if (done && w?.key === done.key) {
		w.draft = done.id;
		w.lost = [];
		if (w.state.peek() === 'kept')
			w.state.value = 'saved';
	}
});

async function unsend(w: Writing, id: string, answered: string[]) {
	try {
		await takeBack(id);
	} catch (e) {
		sayWrong(e);
		return;
	}
	const marked = answered.map(emailOf).filter((e) => e !== undefined);
	await setKeyword(marked, w.answers?.keyword ?? '', false);
	await closeWriting();
	writing.value ??= w;
	void followScheduled();
}

async function handIn(w: Writing, at?: Date) {
	const done = await submitHeld(w, at);
	const answered = unanswered(w);
	const ms = at ? SAID_MS : undoS.value * 1000;
	let said = 0;
	const undo = () => {
		clearTimeout(said);
		void unsend(w, done.id, answered.map((e) => e.id));
	};
	if (done.undoStatus !== 'pending') {
		say(t.sentDone);
	} else if (at) {
		say(t.scheduledFor(whenFull(done.sendAt)), undo, ms);
		void followScheduled();
	} else {
		said = window.setTimeout(() => say(t.sentDone), ms);
		say(t.sendingTo(readAddresses(w.to.value).list.map(nameOf)
			.join(', ') || '…'), undo, ms);
	}
	await setKeyword(answered, w.answers?.keyword ?? '', true);
}

/** What is being handed in. */
let underWay: Promise<unknown> = Promise.resolve();

/** As it stands it can go, and is in the draft. */
async function isReady(w: Writing) {
	const why = missing(w);
	if (why) {
		say(why);
		return false;
	}
	if (!await isSure(w))
		return false;
	clearTimeout(timer);
	w.state.value = 'changed';
	return save(w);
}

/** Those that are about to go: two clicks send one message. */
const leaving = new WeakSet<Writing>();

/** at: not before. */
export async function send(w: Writing, at?: Date) {
	if (writing.peek() !== w || leaving.has(w))
		return;
	leaving.add(w);
	if (!await isReady(w).finally(() => leaving.delete(w)))
		return;
	if (w.state.peek() as string === 'kept') {
		await sendWhenBack(w, letterOf(w, sendOf(w, at)));
		return;
	}
	writing.value = null;
	const mine = handIn(w, at).catch(async (e) => {
		// Perhaps it was handed in, and the answer was lost.
		if (isOffline(e)) {
			await sendWhenBack(w, { ...letterOf(w, sendOf(w, at)),
				messageId: w.messageId, tried: true, replaces: [],
				older: [] });
			return;
		}
		sayWrong(e);
		writing.value ??= w;
	});
	underWay = Promise.all([underWay, mine]);
	await mine;
}

/** Who signs out has it in the draft, sent, and told; false: it failed, or they
 * would rather wait for what the server was not told. */
export async function finish(): Promise<boolean> {
	await closeWriting();
	if (!writing.value)
		await underWay;
	await allTold();
	if (!offline.value && untold.value.length)
		await flush();
	const n = queued.value.length;
	return !writing.value && (!n ||
		await askFor(t.leaveUndone(n), t.signOut) !== null);
}
