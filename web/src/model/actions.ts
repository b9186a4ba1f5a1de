// What is done to messages: at once here, then at the server; taken back if that
// refuses.
import { batch } from '@preact/signals';
import { ask, checkSet, isOffline, type Email, type SetAnswer } from '../jmap';
import { subjectOf } from '../format';
import { t } from '../texts';
import { changedHere, dropRows, emailOf, forget, list, put, refresh, rowEmails,
	selection } from './list';
import { ALL, byId, byRole, countHere, here, nameOfMailbox, takeMailboxes }
	from './mailboxes';
import { enqueue, mustWait, type Deed, type Patch } from './queue';
import { openRow, showNext } from './open';
import { askFor, say, sayWrong } from './say';

const SET_MAX = 200;	// of one call, below what servers allow

const known = (ids: string[]) =>
	ids.map(emailOf).filter((e) => e !== undefined);

/** The rows that a key or a button is for, as messages. */
export function targets(): Email[] {
	const rows = selection.value.size ? [...selection.value] :
		openRow.value ? [openRow.value] : [];
	return rows.flatMap(rowEmails);
}

// One behind the other: requests overtake each other on their way, and what is
// undone at once has to be done before.
let told: Promise<unknown> = Promise.resolve();
/** When the server knows of all of them. */
export const allTold = () => told;

/** What waits stays in order; an answer that was lost does no harm, as all of
 * these can be done twice. false: it waits. */
async function tellOrWait(deed: Exclude<Deed, { kind: 'write' }>) {
	if (!mustWait())
		try {
			const answers = await ask([['Email/set', deed.kind === 'change' ?
				{ update: deed.update } : { destroy: deed.ids }], ALL]);
			takeMailboxes(answers, 1);
			checkSet(answers.get<SetAnswer>(0));
			return true;
		} catch (e) {
			if (!isOffline(e))
				throw e;
		}
	await enqueue(deed);
	return false;
}

/** Email/set of all of them, as many at once as it takes; false: some wait. */
function tell(all: Email[],
	what: (some: Email[]) => Exclude<Deed, { kind: 'write' }>) {
	const mine = told.then(async () => {
		let isTold = true;
		for (let i = 0; i < all.length; i += SET_MAX)
			if (!await tellOrWait(what(all.slice(i, i + SET_MAX))))
				isTold = false;
		return isTold;
	});
	told = mine.catch(() => undefined);
	return mine;
}

/** One change of each of them: how it looks here, and what the server is told. */
async function update(all: Email[], look: (e: Email) => Email,
	patch: (e: Email) => Patch) {
	const before = all.map((e) => e);
	changedHere();
	batch(() => all.forEach((e) => put(look(e))));
	try {
		const isTold = await tell(all, (some) => ({ kind: 'change',
			update: Object.fromEntries(some.map((e) => [e.id, patch(e)])),
			about: Object.fromEntries(some.map((e) =>
				[e.id, subjectOf(e)])) }));
		if (!isTold)
			countHere(before, before.map(look));
	} catch (e) {
		batch(() => before.forEach(put));
		sayWrong(e);
	} finally {
		changedHere();
		refresh();
	}
}

export async function setKeyword(all: Email[], keyword: string, on: boolean) {
	const others = all.filter((e) => !!e.keywords[keyword] !== on);
	if (others.length)
		await update(others, (e) => {
			const { [keyword]: _, ...rest } = e.keywords;
			return { ...e, keywords: on ? { ...rest, [keyword]: true } : rest };
		}, () => ({ [`keywords/${keyword}`]: on || null }));
}

/** Read if any is unread, and the other way round. */
export function toggleSeen(all = targets()) {
	void setKeyword(all, '$seen', all.some((e) => !e.keywords.$seen));
}
export function toggleFlag(all = targets()) {
	void setKeyword(all, '$flagged', !all.every((e) => e.keywords.$flagged));
}

/** The rows that show only messages of these. */
const rowsOf = (gone: ReadonlySet<string>) => new Set(list.value.ids
	.filter((id) => id !== undefined &&
		rowEmails(id).every((e) => gone.has(e.id))) as string[]);

function leaveRows(all: Email[]) {
	const rows = rowsOf(new Set(all.map((e) => e.id)));
	if (openRow.value && rows.has(openRow.value))
		showNext(rows);
	dropRows(rows);
}

const inMailbox = (id: string) => (e: Email) =>
	({ ...e, mailboxIds: { [id]: true } });

export async function moveTo(mailboxId: string, all = targets()) {
	const to = byId(mailboxId);
	const moved = all.filter((e) => !e.mailboxIds[mailboxId]);
	if (!to || !moved.length)
		return;
	if (here.value)
		leaveRows(moved);
	selection.value = new Set();
	say(t.moved(moved.length, nameOfMailbox(to)), () => void update(
		known(moved.map((e) => e.id)),
		(e) => moved.find((m) => m.id === e.id) ?? e,
		(e) => ({ mailboxIds: moved.find((m) => m.id === e.id)?.mailboxIds })));
	await update(moved, inMailbox(mailboxId),
		() => ({ mailboxIds: { [mailboxId]: true } }));
}

export function moveToRole(role: string, all = targets()) {
	const to = byRole(role);
	if (to)
		void moveTo(to.id, all);
}

export async function remove(all = targets()) {
	const trash = byRole('trash');
	const there = here.value?.role;
	if (!all.length)
		return;
	if (trash && there !== 'trash' && there !== 'junk')
		return moveTo(trash.id, all);
	if (await askFor(t.deleteForeverAsk(all.length), t.deleteForever) === null)
		return;
	leaveRows(all);
	changedHere();
	try {
		const isTold = await tell(all, (some) => ({ kind: 'remove',
			ids: some.map((e) => e.id) }));
		forget(all.map((e) => e.id));
		if (!isTold)
			countHere(all, []);
		say(t.deleted(all.length));
	} catch (e) {
		sayWrong(e);
	} finally {
		changedHere();
		refresh();
	}
}
