import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { canSend, type Email } from '../jmap';
import { nameOf, otherSide, subjectOf, when } from '../format';
import { moveToRole, remove, targets, toggleFlag, toggleSeen } from '../model/actions';
import { compose } from '../model/compose';
import { cursor, emailOf, group, grouped, isOutgoing, list, rowEmails, selection,
	show, threadOf } from '../model/list';
import { here, nameOfMailbox } from '../model/mailboxes';
import { openRow } from '../model/open';
import { addressOf, goMailbox, goSearch, listKey, place } from '../model/place';
import { t } from '../texts';
import { Icon, IconButton } from './icon';
import { menuOpen } from './mail';
import { pickMailbox } from './pick';
import { openItem } from '../keys';

const ROW = 76;
const BEYOND = 8;	// rows that are there before they are seen

export function toggleSelected(id: string) {
	const all = new Set(selection.value);
	if (!all.delete(id))
		all.add(id);
	selection.value = all;
}

/** Who is in it, each once, the others before me. */
function whoOf(all: Email[]): string {
	if (all.length === 1 || isOutgoing.value)
		return otherSide(all.at(-1)!, isOutgoing.value);
	const names = all.flatMap((e) => e.from ?? []).map((a) =>
		all.length > 2 ? nameOf(a).split(/[\s@]/)[0]! : nameOf(a));
	return [...new Set(names)].join(', ') || t.noSender;
}

function Row({ index, id }: { index: number; id: string | undefined }) {
	const e = id ? emailOf(id) : undefined;
	const style = { transform: `translateY(${index * ROW}px)` };
	const position = { 'aria-setsize': list.value.ids.length,
		'aria-posinset': index + 1 };
	if (!id || !e)
		return <li class="row waiting" style={style} {...position}><span /></li>;
	const all = threadOf(id);
	const unread = rowEmails(id).some((m) => !m.keywords.$seen);
	const flagged = all.some((m) => m.keywords.$flagged);
	const picked = selection.value.has(id);
	const last = all.at(-1) ?? e;
	const subject = subjectOf(e);
	return (
		<li style={style} {...position} class={['row', unread && 'unread',
			picked && 'picked', openRow.value === id && 'open',
			cursor.value === index && 'cursor'].filter(Boolean).join(' ')}>
			<input type="checkbox" checked={picked} aria-label={t.select(subject)}
				onChange={() => toggleSelected(id)} />
			<a href={addressOf({ ...place.value, email: id })} onClick={(event) => {
				if (event.ctrlKey || event.metaKey)
					return;
				event.preventDefault();
				cursor.value = index;
				openItem(id);
			}}>
				<span class="line">
					{unread && <span class="dot" role="img" aria-label={t.unread} />}
					<span class="who" dir="auto">{whoOf(all)}</span>
					{all.length > 1 && <span class="many">{all.length}</span>}
					<time dateTime={last.receivedAt}>{when(last.receivedAt)}</time>
				</span>
				<span class="line">
					<span class="subject" dir="auto">{subject}</span>
					{e.keywords.$answered && <Icon name="answered" />}
					{all.some((m) => m.hasAttachment) && <span role="img"
						aria-label={t.hasAttachment}><Icon name="clip" /></span>}
				</span>
				<span class="preview" dir="auto">{last.preview}</span>
			</a>
			<IconButton icon="flag" label={flagged ? t.unflag : t.flag}
				pressed={flagged} class="row-flag"
				onClick={() => toggleFlag(rowEmails(id))} />
		</li>
	);
}

function Selected() {
	const seen = targets().every((e) => e.keywords.$seen);
	return (
		<div class="bar" role="toolbar" aria-label={t.selected(selection.value.size)}>
			<IconButton icon="close" label={t.unselect} keys="Esc"
				onClick={() => selection.value = new Set()} />
			<h1 class="bar-title" aria-live="polite">
				{t.selected(selection.value.size)}</h1>
			<IconButton icon="archive" label={t.toArchive} keys="e"
				onClick={() => moveToRole('archive')} />
			<IconButton icon="trash" label={t.toTrash} keys="#"
				onClick={() => void remove()} />
			<IconButton icon="move" label={t.move} keys="v" onClick={pickMailbox} />
			<IconButton icon={seen ? 'unread' : 'read'} keys="u"
				label={seen ? t.markUnread : t.markRead}
				onClick={() => toggleSeen()} />
			<IconButton icon="flag" label={t.flag} keys="s"
				onClick={() => toggleFlag()} />
		</div>
	);
}

function Search() {
	const input = useRef<HTMLInputElement>(null);
	useSignalEffect(() => {
		const { search } = place.value;
		if (input.current)
			input.current.value = search ?? '';
	});
	return (
		<form role="search" class="search" onSubmit={(e) => {
			e.preventDefault();
			const text = input.current!.value.trim();
			input.current!.blur();
			if (text)
				goSearch(text);
			else
				goMailbox('');
		}}>
			<Icon name="search" />
			<input ref={input} type="search" id="search" placeholder={t.search}
				aria-label={t.search} title={t.searchHint} autocomplete="off"
				onKeyDown={(e) => {
					if (e.key === 'Escape')
						input.current!.blur();
				}} />
		</form>
	);
}

const Empty = () => (
	<div class="empty">
		<Icon name={place.value.search !== null ? 'search' :
			here.value?.role === 'inbox' ? 'check' : 'folder'} />
		<p>{place.value.search !== null ? t.emptySearch :
			here.value?.role === 'inbox' ? t.emptyInbox : t.emptyFolder}</p>
		{place.value.search !== null && <p class="hint">{t.emptySearchHint}</p>}
	</div>
);

function Rows() {
	const view = useRef<HTMLDivElement>(null);
	const range = useSignal<[number, number]>([0, 20]);
	const look = () => {
		if (!view.current)
			return;
		const { scrollTop, clientHeight } = view.current;
		const first = Math.floor(scrollTop / ROW);
		const last = Math.ceil((scrollTop + clientHeight) / ROW);
		const [a, b] = range.peek();
		if (a !== first || b !== last)
			range.value = [first, last];
		show(Math.max(0, first), last);
	};
	useEffect(() => {
		const resized = new ResizeObserver(look);
		resized.observe(view.current!);
		return () => resized.disconnect();
	}, []);
	const key = useComputed(() => listKey.value + grouped.value);
	useSignalEffect(() => {
		void key.value;
		view.current?.scrollTo(0, 0);
	});
	// The keyboard's row is in sight.
	useSignalEffect(() => {
		const top = cursor.value * ROW, box = view.current;
		if (box && top < box.scrollTop)
			box.scrollTop = top;
		else if (box && top + ROW > box.scrollTop + box.clientHeight)
			box.scrollTop = top + ROW - box.clientHeight;
	});
	const { ids, loaded, wrong } = list.value;
	useLayoutEffect(look, [ids.length]);
	const first = Math.max(0, range.value[0] - BEYOND);
	const shown = ids.slice(first, range.value[1] + BEYOND);
	return (
		<div class="rows" ref={view} onScroll={look} tabIndex={-1}>
			{wrong ? <p class="wrong" role="alert">{wrong}</p> :
				loaded && !ids.length ? <Empty /> :
				<ul style={{ height: `${ids.length * ROW}px` }}>
					{shown.map((id, i) =>
						<Row key={first + i} index={first + i} id={id} />)}
				</ul>}
		</div>
	);
}

export function List() {
	const title = here.value ? nameOfMailbox(here.value) : t.searchResults;
	return (
		<section class="list" aria-label={title}>
			<div class="top">
				<IconButton icon="menu" label={t.menu} class="menu-button"
					onClick={() => menuOpen.value = !menuOpen.value} />
				<Search />
				{canSend() && <IconButton icon="pen" label={t.compose}
					class="write-button" onClick={() => void compose()} />}
			</div>
			{selection.value.size ? <Selected /> :
				<div class="bar">
					<h1 class="bar-title" dir="auto">{title}</h1>
					<label class="grouped">
						<span class="hidden">{t.showAs}</span>
						<select value={grouped.value ? 'c' : 'm'}
							onChange={(e) => group(e.currentTarget.value === 'c')}>
							<option value="c">{t.conversations}</option>
							<option value="m">{t.messages}</option>
						</select>
					</label>
				</div>}
			<Rows />
		</section>
	);
}
