// A message that was written without the server becomes a draft, or is sent, once
// and only once, however often an answer is lost on its way.
//
// Before each try the server is asked what it has: the message by its Message-ID,
// what was handed in of it by its id, and the states both are of. The try holds
// for these states only (ifInState): one of before that comes late, when another
// has done its work, is refused, and the other way round.          RFC 8620 5.3
import { checkSet, maxHold, Refusal, upload, type Answers, type Call, type Email,
	type SetAnswer } from '../jmap';
import { utcOf } from '../format';
import type { Letter, QueuedFile } from './queue';

const ROUNDS = 20;
/** A moment: what was held is remembered by the server, what was not is not. */
const HOLD_S = '1';
/** What is to leave at a time that is nearly here leaves now. */
const NEAR_MS = 60_000;
const STALL_MS = 60_000;

type Ask = (calls: Call[]) => Promise<Answers>;
type Known = Pick<Email, 'id' | 'keywords'> & { messageId: string[] | null };
interface List<T> { list: T[]; state: string }

/** It tells of both what they are of; what was never tried is not looked for. */
async function lookFor(d: Letter, ask: Ask) {
	const wanted = [...d.older, ...d.tried ? [d.messageId] : []];
	const answers = await ask([['Email/get', { ids: [] }],
		...wanted.flatMap((id, i): Call[] => [
			['Email/query', { filter: { header: ['Message-ID', `"${id}"`] } }],
			['Email/get', { '#ids': { resultOf: String(2 * i + 1),
				name: 'Email/query', path: '/ids' },
			properties: ['id', 'keywords', 'messageId'] }]])]);
	const found = new Map(wanted.flatMap((_, i) =>
		answers.get<List<Known>>(2 * i + 2).list).map((e) => [e.id, e]));
	const all = [...found.values()].filter((e) =>
		e.messageId?.some((id) => wanted.includes(id)));
	return { state: answers.get<List<Known>>(0).state,
		mine: all.find((e) => e.messageId?.includes(d.messageId)),
		// What was sent is nobody's former version.
		old: all.filter((e) => !e.messageId?.includes(d.messageId) &&
			e.keywords.$draft).map((e) => e.id) };
}

const isLate = (e: unknown) =>
	e instanceof Refusal && e.type === 'stateMismatch';

/** Given up where nothing of it goes on: all that waits stands behind it. */
const uploadOrStop = (file: File) => new Promise<string>((done, failed) => {
	const stop = new AbortController();
	let timer = 0;
	const wait = () => {
		clearTimeout(timer);
		timer = window.setTimeout(() => {
			stop.abort();
			failed(new Refusal('offline'));
		}, STALL_MS);
	};
	wait();
	upload(file, wait, stop.signal).then((blob) => done(blob.blobId), failed)
		.finally(() => clearTimeout(timer));
});

/** Its files are there before it is. The server may forget them until then: they
 * stay here, and each try brings them anew. */
async function withFiles(d: Letter, there: Map<QueuedFile, string>) {
	for (const f of d.files)
		if (f.blob && !there.has(f))
			there.set(f, await uploadOrStop(
				new File([f.blob], f.name, { type: f.type })));
	return { ...d.message, messageId: [d.messageId],
		attachments: d.files.map((f) => ({ blobId: there.get(f) ?? f.blobId,
			type: f.type, name: f.name, disposition: 'attachment' })) };
}

/** A draft, or in time what has left already. */
async function store(d: Letter, ask: Ask, save: (d: Letter) => Promise<void>):
	Promise<Known> {
	const there = new Map<QueuedFile, string>();
	for (let round = 0; round < ROUNDS; round++) {
		const { state, mine, old } = await lookFor(d, ask);
		if (mine)
			return mine;
		const message = await withFiles(d, there);
		d.tried = true;
		await save(d);
		try {
			const set = (await ask([['Email/set', { ifInState: state,
				create: { d: message }, destroy: [...d.replaces, ...old] }]]))
				.get<SetAnswer>(0);
			checkSet({ ...set, notDestroyed: null });
			return { id: set.created!.d!.id, keywords: { $draft: true },
				messageId: [d.messageId] };
		} catch (e) {
			if (!isLate(e))
				throw e;
		}
	}
	throw new Refusal('serverFail');
}

interface Handed { emailId: string; undoStatus: string }

/** Was it handed in before? And what that is true of: a state of before the
 * question, as an earlier try may come between two calls of a request. */
async function wasHandedIn(id: string, ask: Ask) {
	const answers = await ask([
		['EmailSubmission/get', { ids: [] }],
		['EmailSubmission/query', { filter: { emailIds: [id] } }],
		['EmailSubmission/get', { '#ids': { resultOf: '1',
			name: 'EmailSubmission/query', path: '/ids' } }],
		['Email/get', { ids: [id], properties: ['keywords'] }]]);
	const { state } = answers.get<List<Handed>>(0);
	const { list } = answers.get<List<Handed>>(2);
	const [email] = answers.get<List<Known>>(3).list;
	return { state, isDraft: !!email?.keywords.$draft, isGone: !email,
		done: list.some((s) => s.undoStatus !== 'canceled') };
}

function envelopeOf({ mailFrom, rcptTo, at }: NonNullable<Letter['send']>) {
	const isFar = at && Date.parse(at) > Date.now() + NEAR_MS;
	return { mailFrom: { email: mailFrom, parameters: isFar ?
		{ HOLDUNTIL: utcOf(new Date(at)) } : { HOLDFOR: HOLD_S } },
		rcptTo: rcptTo.map((email) => ({ email })) };
}

async function handIn(d: Letter, id: string, ask: Ask) {
	const send = d.send!;
	let held = maxHold() > 0;
	const asSent = { mailboxIds: { [send.sent]: true }, 'keywords/$draft': null };
	for (let round = 0; round < ROUNDS; round++) {
		const { state, done, isDraft, isGone } = await wasHandedIn(id, ask);
		if (isGone && !done)
			throw new Refusal('notFound');
		if (done || !isDraft) {
			if (isDraft)
				await ask([['Email/set', { update: { [id]: asSent } }]]);
			return;
		}
		try {
			checkSet((await ask([['EmailSubmission/set', { ifInState: state,
				create: { s: { identityId: send.identityId, emailId: id,
					...(held ? { envelope: envelopeOf(send) } : {}) } },
				onSuccessUpdateEmail: { '#s': asSent } }]]))
				.get<SetAnswer>(0));
			return;
		} catch (e) {
			// It holds as many as it may.
			if (held && !send.at && e instanceof Refusal &&
				e.type === 'overQuota')
				held = false;
			else if (!isLate(e))
				throw e;
		}
	}
	throw new Refusal('serverFail');
}

/** The email that came of it. save: what it came to so far, before it goes on. */
export async function writeOnce(d: Letter, ask: Ask,
	save: (d: Letter) => Promise<void>): Promise<string> {
	const stored = await store(d, ask, save);
	if (d.send && stored.keywords.$draft)
		await handIn(d, stored.id, ask);
	return stored.id;
}
