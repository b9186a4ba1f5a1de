import { signal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { canSend, listen, offline, person } from '../jmap';
import { loadIdentities } from '../model/compose';
import { catchUp } from '../model/kept';
import { followScheduled } from '../model/later';
import { refresh, takeChanged } from '../model/list';
import { byRole, here, loadMailboxes, nameOfMailbox } from '../model/mailboxes';
import { openRow, readAgain } from '../model/open';
import { onTold } from '../model/queue';
import { returns } from '../model/reach';
import { inWords, sayWrong } from '../model/say';
import { t } from '../texts';
import { Compose } from './compose';
import { Folders } from './folders';
import { Help } from './help';
import { Later } from './later';
import { List } from './list';
import { Offline, Outbox } from './outbox';
import { Pick } from './pick';
import { Reader } from './reader';
import { Said } from './said';
import { Settings } from './settings';

/** The folders, where there is no room for them beside the rest. */
export const menuOpen = signal(false);

function lookAgain() {
	refresh();
	void followScheduled();
	void catchUp(takeChanged);
}

/** What others changed, and what came. */
function follow() {
	return listen((types) => {
		if (types.includes('Mailbox'))
			loadMailboxes().catch(() => undefined);
		if (types.includes('Email') || types.includes('Thread'))
			lookAgain();
	});
}

function all() {
	loadMailboxes().catch(() => undefined);
	lookAgain();
	void readAgain();
}
onTold(all);

export function Mail() {
	const wrong = useWrong();
	useSignalEffect(() => {
		const unread = byRole('inbox')?.unreadEmails ?? 0;
		const where = here.value ? nameOfMailbox(here.value) : t.searchResults;
		document.title = `${offline.value ? `${t.offline} – ` : ''}${
			unread ? `(${unread}) ` : ''}${where} – Postern`;
	});
	return <>
		<Offline />
		<div class={['mail', openRow.value && 'reading', menuOpen.value && 'menu']
			.filter(Boolean).join(' ')}>
			<Folders />
			<div class="shade" onClick={() => menuOpen.value = false} />
			<List />
			{wrong.value ? <main class="reader"><div class="empty">
				<p role="alert">{wrong.value}</p></div></main> : <Reader />}
			<Compose />
			<Pick />
			<Later />
			<Outbox />
			<Help />
			<Settings />
			<Said />
		</div>
	</>;
}

const trouble = signal('');
function useWrong() {
	useEffect(() => {
		trouble.value = '';
		loadMailboxes().then(() => void (canSend() &&
			loadIdentities().catch(() => undefined)), (e) => {
			if (person.value)
				trouble.value = inWords(e);
			sayWrong(e);
		});
		void followScheduled();
		void catchUp(takeChanged);
	}, []);
	// Events end with the sign-in that they came by, and without the server.
	useEffect(follow, [person.value?.token, offline.value]);
	useEffect(() => {
		if (returns.value)
			all();
	}, [returns.value]);
	return trouble;
}
