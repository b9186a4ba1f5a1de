// The folders, and what is done with them.
import { computed, signal } from '@preact/signals';
import { keepFact, keptFact } from '../device';
import { ask, checkSet, isOffline, type Answers, type Call, type Email,
	type Mailbox, type SetAnswer } from '../jmap';
import { t } from '../texts';
import { place } from './place';
import { askFor, sayWrong } from './say';

export const mailboxes = signal<Mailbox[]>([]);

export const ALL: Call = ['Mailbox/get', { ids: null }];

export function takeMailboxes(answers: Answers, n: number) {
	mailboxes.value = answers.get<{ list: Mailbox[] }>(n).list;
	void keepFact('mailboxes', mailboxes.value);
}

/** Without the server those that were seen last. */
export async function loadMailboxes() {
	try {
		takeMailboxes(await ask([ALL]), 0);
	} catch (e) {
		if (!isOffline(e))
			throw e;
		const kept = mailboxes.value.length ? undefined :
			await keptFact<Mailbox[]>('mailboxes');
		if (kept)
			mailboxes.value = kept;
		else if (!mailboxes.value.length)
			throw e;
	}
}

/** What the server would count, until it does. */
export function countHere(before: Email[], after: Email[]) {
	const count = (id: string, all: Email[]) => {
		const inside = all.filter((e) => e.mailboxIds[id]);
		return [inside.length, inside.filter((e) => !e.keywords.$seen).length] as
			const;
	};
	mailboxes.value = mailboxes.value.map((m) => {
		const [was, wasUnread] = count(m.id, before);
		const [is, isUnread] = count(m.id, after);
		return { ...m, totalEmails: Math.max(0, m.totalEmails + is - was),
			unreadEmails: Math.max(0, m.unreadEmails + isUnread - wasUnread) };
	});
	void keepFact('mailboxes', mailboxes.value);
}

export const byRole = (role: string) =>
	mailboxes.value.find((m) => m.role === role);
export const byId = (id: string) => mailboxes.value.find((m) => m.id === id);

const ROLES = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];
const rank = (m: Mailbox) => {
	const n = ROLES.indexOf(m.role ?? '');
	return n < 0 ? ROLES.length : n;
};

export const nameOfMailbox = (m: Mailbox): string =>
	ROLES.includes(m.role ?? '') ?
		t[m.role as 'inbox' | 'drafts'] : m.name;

/** All of them as a tree is read: [mailbox, depth]. */
export const tree = computed(() => {
	const rows: [Mailbox, number][] = [];
	const below = (parent: string | null, depth: number) =>
		mailboxes.value.filter((m) => m.parentId === parent)
			.sort((a, b) => rank(a) - rank(b) || a.sortOrder - b.sortOrder ||
				a.name.localeCompare(b.name))
			.forEach((m) => {
				rows.push([m, depth]);
				below(m.id, depth + 1);
			});
	below(null, 0);
	return rows;
});

/** Where they are; undefined in a search. */
export const here = computed(() => place.value.search !== null ? undefined :
	byId(place.value.mailbox) ?? byRole('inbox'));

async function set(args: object) {
	try {
		const answers = await ask([['Mailbox/set', args], ALL]);
		takeMailboxes(answers, 1);
		checkSet(answers.get<SetAnswer>(0));
	} catch (e) {
		sayWrong(e);
	}
}

export async function createMailbox() {
	const name = await askFor(t.newFolder, t.create,
		{ label: t.folderName, value: '' });
	if (name?.trim())
		await set({ create: { new: { name: name.trim() } } });
}

export async function renameMailbox(m: Mailbox) {
	const name = await askFor(t.rename, t.rename,
		{ label: t.folderName, value: m.name });
	if (name?.trim() && name.trim() !== m.name)
		await set({ update: { [m.id]: { name: name.trim() } } });
}

export async function deleteMailbox(m: Mailbox): Promise<boolean> {
	const sure = await askFor(t.deleteFolderAsk(m.name, m.totalEmails),
		t.deleteFolder);
	if (sure === null)
		return false;
	await set({ destroy: [m.id], onDestroyRemoveEmails: true });
	return !byId(m.id);
}
