import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { size } from '../format';
import { askQuota, canSend, person, type Mailbox, type Quota } from '../jmap';
import { compose } from '../model/compose';
import { leave } from '../model/leave';
import { createMailbox, deleteMailbox, here, nameOfMailbox, renameMailbox, tree }
	from '../model/mailboxes';
import { goMailbox } from '../model/place';
import { language, languages, speak, t } from '../texts';
import { helpShown } from './help';
import { Icon, IconButton, type IconName } from './icon';
import { ScheduledButton } from './later';
import { menuOpen } from './mail';
import { OutboxButton } from './outbox';
import { settingsShown } from './settings';

const ICONS = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];
const iconOf = (m: Mailbox) =>
	(ICONS.includes(m.role ?? '') ? m.role : 'folder') as IconName;

/** Of drafts and what nobody wanted all count, of others what is unread. */
const countOf = (m: Mailbox) => m.role === 'drafts' ? m.totalEmails :
	m.role === 'sent' || m.role === 'trash' ? 0 : m.unreadEmails;

function Folder({ mailbox: m, depth }: { mailbox: Mailbox; depth: number }) {
	const current = here.value?.id === m.id;
	const n = countOf(m);
	return (
		<li class={current ? 'folder current' : 'folder'}>
			<a href={`#/in/${encodeURIComponent(m.id)}`}
				aria-current={current ? 'page' : undefined}
				title={t.folderCounts(m.unreadEmails, m.totalEmails)}
				style={{ paddingInlineStart: `${12 + depth * 16}px` }}
				onClick={() => menuOpen.value = false}>
				<Icon name={iconOf(m)} />
				<span class="name" dir="auto">{nameOfMailbox(m)}</span>
				{n > 0 && <span class="count">{n}</span>}
			</a>
			{current && !m.role && <span class="folder-tools">
				<IconButton icon="pen" label={t.rename}
					onClick={() => void renameMailbox(m)} />
				<IconButton icon="trash" label={t.deleteFolder}
					onClick={async () => {
						if (await deleteMailbox(m))
							goMailbox('');
					}} />
			</span>}
		</li>
	);
}

/** Nothing where nothing is limited. */
function Used() {
	const quota = useSignal<Quota | null>(null);
	useEffect(() => void askQuota().then((q) => quota.value = q)
		.catch(() => undefined), []);
	const q = quota.value;
	return q && <label class="used">
		{t.used(size(q.used), size(q.hardLimit))}
		<meter max={q.hardLimit} value={q.used} high={q.hardLimit * .8} />
	</label>;
}

function Account() {
	const open = useSignal(false);
	return (
		<div class="account">
			<button type="button" class="quiet" aria-expanded={open.value}
				onClick={() => open.value = !open.value}>
				<Icon name="person" />
				<span class="name">{person.value?.user}</span>
			</button>
			{open.value && <div class="account-menu">
				<Used />
				<label>{t.language}
					<select value={language} onChange={(e) =>
						speak(e.currentTarget.value)}>
						{Object.entries(languages).map(([id, name]) =>
							<option value={id}>{name}</option>)}
					</select>
				</label>
				<button type="button" class="quiet"
					onClick={() => helpShown.value = true}>
					<Icon name="keys" />{t.keys}</button>
				<button type="button" class="quiet" onClick={() => {
					open.value = false;
					settingsShown.value = true;
				}}>{t.settings}</button>
				<button type="button" class="quiet" onClick={() => void leave(false)}>
					{t.signOut}</button>
				<button type="button" class="quiet" onClick={() => void leave(true)}>
					{t.signOutEverywhere}</button>
			</div>}
		</div>
	);
}

export const Folders = () => (
	<nav class="folders" aria-label={t.folders}>
		<div class="brand">Postern</div>
		{canSend() && <button type="button" class="primary write" onClick={() => {
			menuOpen.value = false;
			void compose();
		}}>
			<Icon name="pen" />{t.compose}</button>}
		<ul>{tree.value.map(([m, depth]) =>
			<Folder key={m.id} mailbox={m} depth={depth} />)}</ul>
		<OutboxButton />
		<ScheduledButton />
		<button type="button" class="quiet new-folder"
			onClick={() => void createMailbox()}>
			<Icon name="plus" />{t.newFolder}</button>
		<Account />
	</nav>
);
