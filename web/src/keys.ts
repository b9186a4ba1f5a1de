// The keyboard: what each key does. The list of them is what "?" shows.
import { moveToRole, remove, targets, toggleFlag, toggleSeen } from './model/actions';
import { compose, editDraft, forward, reply, writing } from './model/compose';
import { cursor, list, selection, threadOf } from './model/list';
import { byRole } from './model/mailboxes';
import { fetchBody, openRow, showImages, unfolded } from './model/open';
import { goEmail, goList, goMailbox } from './model/place';
import { question, undoLast } from './model/say';
import { canSend, person, type FullEmail } from './jmap';
import { t } from './texts';
import { helpShown } from './views/help';
import { toggleSelected } from './views/list';
import { menuOpen } from './views/mail';
import { pickMailbox } from './views/pick';

/** A draft is written on, everything else is read. */
export async function openItem(id: string) {
	const all = threadOf(id);
	if (all.length !== 1 || !all[0]!.keywords.$draft || !canSend())
		return goEmail(id);
	const e = await fetchBody(id);
	if (e)
		await editDraft(e);
}

function step(by: number) {
	const { ids } = list.value;
	const from = openRow.value ? ids.indexOf(openRow.value) : cursor.value;
	const to = Math.max(0, Math.min(ids.length - 1, from + by));
	const id = ids[to];
	cursor.value = to;
	const open = openRow.value;
	if (open && id && to !== from)
		goEmail(id);
	else if (open && to !== from)	// on its way
		setTimeout(() => openRow.value === open && step(by), 50);
	// Where the keyboard is, Enter is for, and a screen reader says it.
	requestAnimationFrame(() => document.querySelector<HTMLElement>(
		'.row.cursor a')?.focus({ preventScroll: true }));
}

const atCursor = (act: (id: string) => void) => () => {
	const id = list.value.ids[cursor.value];
	if (id)
		act(id);
};

/** Without anything selected or open, a key is for the row it stands on. */
const onTargets = (act: () => void) => () => {
	const id = list.value.ids[cursor.value];
	const borrowed = !targets().length && id;
	if (borrowed)
		selection.value = new Set([id]);
	act();
	if (borrowed && selection.value.has(id))
		selection.value = new Set();
};

const answer = (act: (e: FullEmail) => void) => async () => {
	const e = unfolded.value && await fetchBody(unfolded.value);
	if (e)
		act(e);
};

const goRole = (role: string) => () => {
	const m = byRole(role);
	if (m)
		goMailbox(m.id);
};

function leave() {
	if (selection.value.size)
		selection.value = new Set();
	else if (menuOpen.value)
		menuOpen.value = false;
	else if (openRow.value)
		goList();
}

export interface Binding {
	keys: string;
	name: keyof typeof t.keyNames;
	run: () => void;
}
/** Those of writing are nothing where nothing can be sent. */
export const usable = () => bindings.filter((b) => canSend() ||
	!WRITING.includes(b.name));
const WRITING = ['compose', 'reply', 'replyAll', 'forward'];
const bindings: Binding[] = [
	{ keys: 'j', name: 'next', run: () => step(1) },
	{ keys: 'k', name: 'previous', run: () => step(-1) },
	{ keys: 'Enter', name: 'open', run: atCursor((id) => void openItem(id)) },
	{ keys: 'Escape', name: 'back', run: leave },
	{ keys: 'x', name: 'select', run: atCursor(toggleSelected) },
	{ keys: 'e', name: 'archive', run: onTargets(() => moveToRole('archive')) },
	{ keys: '#', name: 'trash', run: onTargets(() => void remove()) },
	{ keys: '!', name: 'junk', run: onTargets(() => moveToRole('junk')) },
	{ keys: 's', name: 'flag', run: onTargets(toggleFlag) },
	{ keys: 'u', name: 'unread', run: onTargets(toggleSeen) },
	{ keys: 'v', name: 'move', run: pickMailbox },
	{ keys: 'c', name: 'compose', run: () => void compose() },
	{ keys: 'r', name: 'reply', run: answer((e) => void reply(e, false)) },
	{ keys: 'a', name: 'replyAll', run: answer((e) => void reply(e, true)) },
	{ keys: 'f', name: 'forward', run: answer((e) => void forward(e)) },
	{ keys: 'i', name: 'images', run: showImages },
	{ keys: 'z', name: 'undo', run: undoLast },
	{ keys: '/', name: 'search', run: () =>
		document.getElementById('search')?.focus() },
	{ keys: 'g i', name: 'goInbox', run: goRole('inbox') },
	{ keys: 'g d', name: 'goDrafts', run: goRole('drafts') },
	{ keys: 'g s', name: 'goSent', run: goRole('sent') },
	{ keys: 'g a', name: 'goArchive', run: goRole('archive') },
	{ keys: '?', name: 'help', run: () => helpShown.value = true },
];

const isTyping = (e: Event) => e.target instanceof HTMLElement &&
	!!e.target.closest('input:not([type=checkbox]),textarea,select,dialog');

let first = '';
addEventListener('keydown', (e) => {
	if (e.ctrlKey || e.metaKey || e.altKey || isTyping(e) || question.value ||
		helpShown.value || (writing.value && e.key === 'Escape') || !person.value)
		return;
	// What has the focus is what Enter is for.
	if (e.key === 'Enter' && (e.target as HTMLElement)
		.closest('a,button,summary'))
		return;
	const pressed = first ? `${first} ${e.key}` : e.key;
	first = '';
	const found = usable().find((b) => b.keys === pressed);
	if (found) {
		e.preventDefault();
		found.run();
	} else if (bindings.some((b) => b.keys.startsWith(`${pressed} `))) {
		first = pressed;
	}
});
