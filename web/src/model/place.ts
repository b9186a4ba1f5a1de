// Where somebody is: a folder or a search, and perhaps a message in it. The
// address of the page says it, so that "back" goes back.
import { computed, signal } from '@preact/signals';

export interface Place {
	/** Of a mailbox; empty: the inbox, whichever that is. */
	mailbox: string;
	search: string | null;
	email: string | null;
}

function plain(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;	// typed by hand
	}
}

function read(): Place {
	const [kind, what, email] = location.hash.slice(2).split('/').map(plain);
	return { mailbox: kind === 'in' ? what ?? '' : '',
		search: kind === 'search' ? what ?? '' : null,
		email: email || null };
}

export const place = signal(read());
addEventListener('hashchange', () => place.value = read());

export function addressOf(to: Place): string {
	const where = to.search === null ?
		`in/${encodeURIComponent(to.mailbox)}` :
		`search/${encodeURIComponent(to.search)}`;
	return `#/${where}` + (to.email ? `/${encodeURIComponent(to.email)}` : '');
}

function go(to: Place, replace = false) {
	const hash = addressOf(to);
	if (replace)
		history.replaceState(null, '', hash);
	else
		history.pushState(null, '', hash);
	place.value = to;
}

export const goMailbox = (mailbox: string) =>
	go({ mailbox, search: null, email: null });
export const goSearch = (search: string) =>
	go({ mailbox: '', search, email: null });
/** From message to message "back" still leads to the list. */
export const goEmail = (email: string) =>
	go({ ...place.value, email }, place.value.email !== null);
export const goList = () =>
	go({ ...place.value, email: null }, true);

/** What a list is of: another one is another list. */
export const listKey = computed(() => place.value.search === null ?
	`in:${place.value.mailbox}` : `search:${place.value.search}`);
