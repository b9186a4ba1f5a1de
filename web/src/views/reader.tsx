import { useSignal } from '@preact/signals';
import type { Email } from '../jmap';
import { subjectOf } from '../format';
import { moveToRole, remove, setKeyword, targets, toggleFlag } from '../model/actions';
import { byRole, here } from '../model/mailboxes';
import { openRow, openThread, unfolded } from '../model/open';
import { goList } from '../model/place';
import { t } from '../texts';
import { Icon, IconButton } from './icon';
import { Folded, Message } from './message';
import { pickMailbox } from './pick';

const FOLDED_MAX = 3;

function Tools({ all }: { all: Email[] }) {
	const flagged = all.some((e) => e.keywords.$flagged);
	const role = here.value?.role;
	return (
		<div class="bar" role="toolbar" aria-label={t.messages}>
			<IconButton icon="back" label={t.back} keys="Esc" onClick={goList} />
			<span class="bar-title" />
			{byRole('archive') && role !== 'archive' &&
				<IconButton icon="archive" label={t.toArchive} keys="e"
					onClick={() => moveToRole('archive')} />}
			{role === 'junk' ? <IconButton icon="inbox" label={t.notJunk}
				onClick={() => moveToRole('inbox')} /> :
				byRole('junk') && <IconButton icon="junk" label={t.toJunk} keys="!"
					onClick={() => moveToRole('junk')} />}
			<IconButton icon="trash" label={t.toTrash} keys="#"
				onClick={() => void remove()} />
			<IconButton icon="move" label={t.move} keys="v" onClick={pickMailbox} />
			<IconButton icon="unread" label={t.markUnread} keys="u" onClick={() => {
				void setKeyword(all.filter((e) => e.id === unfolded.value), '$seen',
					false);
				goList();
			}} />
			<IconButton icon="flag" label={flagged ? t.unflag : t.flag} keys="s"
				pressed={flagged} onClick={() => toggleFlag(targets())} />
		</div>
	);
}

/** Those before the one that is unfolded; of many the last few. */
function Before({ all }: { all: Email[] }) {
	const whole = useSignal(false);
	const hidden = whole.value || all.length <= FOLDED_MAX ? 0 :
		all.length - FOLDED_MAX + 1;
	return <>
		{hidden > 0 && <button type="button" class="folded earlier"
			onClick={() => whole.value = true}>{t.earlier(hidden)}</button>}
		{all.slice(hidden).map((e) => <Folded key={e.id} email={e} />)}
	</>;
}

export function Reader() {
	const all = openThread.value;
	if (!openRow.value)
		return <main class="reader"><div class="empty"><Icon name="unread" />
			<p>{t.pickOne}</p></div></main>;
	const at = Math.max(0, all.findIndex((e) => e.id === unfolded.value));
	const shown = all[at];
	return (
		<main class="reader open">
			<Tools all={all} />
			{shown && <>
				<h1 class="title" dir="auto">{subjectOf(shown)}</h1>
				<div class="conversation">
					<Before key={openRow.value} all={all.slice(0, at)} />
					<Message key={shown.id} email={shown} />
					{all.slice(at + 1).map((e) => <Folded key={e.id} email={e} />)}
				</div>
			</>}
		</main>
	);
}
