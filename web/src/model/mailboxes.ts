// The folders, and what is done with them.
import { computed, signal } from '@preact/signals';
import { ask, checkSet, type Answers, type Call, type Mailbox,
	type SetAnswer } from '../jmap';
import { t } from '../texts';
import { place } from './place';
import { askFor, sayWrong } from './say';

export const mailboxes = signal<Mailbox[]>([]);

export const ALL: Call = ['Mailbox/get', { ids: null }];

export function takeMailboxes(answers: Answers, n: number) {
	mailboxes.value = answers.get<{ list: Mailbox[] }>(n).list;
}

export const loadMailboxes = async () => takeMailboxes(await ask([ALL]), 0);

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
