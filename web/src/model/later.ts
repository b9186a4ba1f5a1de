// What leaves later: sending that can be undone for a moment, and what is
// scheduled. The server holds it, so nothing of it hangs on this page.
import { computed, signal } from '@preact/signals';
import { ask, checkSet, from, maxHold, type Email, type SetAnswer } from '../jmap';
import { utcOf } from '../format';
import { changedHere, refresh } from './list';
import { ALL, byRole, takeMailboxes } from './mailboxes';
import { sayWrong } from './say';

const UNDO = 'postern.undo';
export const UNDO_CHOICES = [0, 5, 10, 20, 30, 60];
/** For how many seconds sending can be undone; 0: not at all. */
export const undoS = signal(10);
const said = Number(localStorage.getItem(UNDO) ?? undoS.value);
undoS.value = UNDO_CHOICES.includes(said) ? said : undoS.value;

export function chooseUndo(seconds: number) {
	localStorage.setItem(UNDO, String(seconds));
	undoS.value = seconds;
}

/** Those that can still be undone are not what people call scheduled. */
const soonMs = () => (undoS.value + 5) * 1000;
const LIST_MAX = 500;

export interface Submission {
	id: string;
	identityId: string;
	emailId: string;
	sendAt: string;
	undoStatus: 'pending' | 'final' | 'canceled';
	envelope: Envelope | null;
}
export interface Envelope {
	mailFrom: { email: string; parameters?: Record<string, string> };
	rcptTo: { email: string }[];
}

const asSent = () => ({ mailboxIds: { [byRole('sent')?.id ?? '']: true },
	'keywords/$draft': null });
const asDraft = () => ({ mailboxIds: { [byRole('drafts')?.id ?? '']: true },
	'keywords/$draft': true });

/** It is among what was sent from now on, also while it waits. A page that is
 * closed meanwhile has it handed in all the same. */
export async function submit(s: { identityId: string; emailId: string;
	envelope?: Envelope }, ifInState?: string): Promise<Submission> {
	const answers = await ask([['EmailSubmission/set', { ifInState, create: { s },
		onSuccessUpdateEmail: { '#s': asSent() } }], ALL], true);
	const set = answers.get<SetAnswer>(0);
	checkSet(set);
	takeMailboxes(answers, 1);
	changedHere();
	refresh();
	return set.created!.s as unknown as Submission;
}

/** It is a draft again; refused (cannotUnsend): it has left. */
export async function takeBack(id: string) {
	const answers = await ask([['EmailSubmission/set', {
		update: { [id]: { undoStatus: 'canceled' } },
		onSuccessUpdateEmail: { [id]: asDraft() } }], ALL]);
	checkSet(answers.get<SetAnswer>(0));
	takeMailboxes(answers, 1);
	changedHere();
	refresh();
}

// ---- what is scheduled -----------------------------------------------------

const waiting = signal<Submission[]>([]);
const emails = signal<Record<string, Email>>({});
export const scheduled = computed(() => waiting.value.map((s) =>
	({ s, email: emails.value[s.emailId] })));
let timer = 0;

export async function loadScheduled() {
	if (!maxHold())
		return;
	const answers = await ask([
		['EmailSubmission/query', { limit: LIST_MAX, filter: {
			undoStatus: 'pending', after: utcOf(new Date(Date.now() + soonMs())) },
			sort: [{ property: 'sentAt' }] }],
		['EmailSubmission/get', { '#ids': from(0, 'EmailSubmission/query',
			'/ids') }],
		['Email/get', { '#ids': from(1, 'EmailSubmission/get',
			'/list/*/emailId'), properties: ['subject', 'mailboxIds'] }]]);
	const all = answers.get<{ list: Submission[] }>(1).list;
	emails.value = Object.fromEntries(answers.get<{ list: Email[] }>(2).list
		.map((e) => [e.id, e]));
	waiting.value = all.sort((a, b) => a.sendAt < b.sendAt ? -1 : 1);
	clearTimeout(timer);
	// Nothing says that one has left.
	if (all[0])
		timer = window.setTimeout(() => void followScheduled(), Math.max(1000,
			Math.min(Date.parse(all[0].sendAt) - soonMs() - Date.now() + 1000,
				3600_000)));
}
export const followScheduled = () => loadScheduled().catch(() => undefined);

const change = async (what: () => Promise<unknown>) => {
	try {
		await what();
	} catch (e) {
		sayWrong(e);
	}
	await followScheduled();
};

export const toDrafts = (s: Submission) => change(() => takeBack(s.id));

/** Whatever comes between the two, it is not lost: it is a draft then. */
export const sendNow = (s: Submission) => change(async () => {
	await takeBack(s.id);
	await submit({ identityId: s.identityId, emailId: s.emailId,
		...(s.envelope ? { envelope: {
			mailFrom: { email: s.envelope.mailFrom.email },
			rcptTo: s.envelope.rcptTo } } : {}) });
});
