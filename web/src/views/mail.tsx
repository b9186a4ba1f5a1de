import { signal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listen, person } from '../jmap';
import { followScheduled } from '../model/later';
import { refresh } from '../model/list';
import { byRole, here, loadMailboxes, nameOfMailbox } from '../model/mailboxes';
import { openRow } from '../model/open';
import { inWords, sayWrong } from '../model/say';
import { t } from '../texts';
import { Compose } from './compose';
import { Folders } from './folders';
import { Help } from './help';
import { Later } from './later';
import { List } from './list';
import { Pick } from './pick';
import { Reader } from './reader';
import { Said } from './said';
import { Settings } from './settings';

/** The folders, where there is no room for them beside the rest. */
export const menuOpen = signal(false);

/** What others changed, and what came. */
function follow() {
	return listen((types) => {
		if (types.includes('Mailbox'))
			loadMailboxes().catch(() => undefined);
		if (types.includes('Email') || types.includes('Thread')) {
			refresh();
			void followScheduled();
		}
	});
}

export function Mail() {
	const wrong = useWrong();
	useSignalEffect(() => {
		const unread = byRole('inbox')?.unreadEmails ?? 0;
		const where = here.value ? nameOfMailbox(here.value) : t.searchResults;
		document.title = `${unread ? `(${unread}) ` : ''}${where} – Postern`;
	});
	return (
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
			<Help />
			<Settings />
			<Said />
		</div>
	);
}

const trouble = signal('');
function useWrong() {
	useEffect(() => {
		trouble.value = '';
		loadMailboxes().catch((e) => {
			if (person.value)
				trouble.value = inWords(e);
			sayWrong(e);
		});
		void followScheduled();
	}, []);
	// Events end with the sign-in that they came by.
	useEffect(follow, [person.value?.token]);
	return trouble;
}
