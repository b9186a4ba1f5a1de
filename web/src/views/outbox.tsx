// That the server is not there, and what waits for it.
import { signal } from '@preact/signals';
import { isKeeping } from '../device';
import { offline } from '../jmap';
import { editLetter } from '../model/compose';
import { list } from '../model/list';
import { here } from '../model/mailboxes';
import { flush, HELD, namesOf, queued, takeLetter, untold, type Letter,
	type Queued } from '../model/queue';
import { tryNow } from '../model/reach';
import { askFor, inWords } from '../model/say';
import { whenFull } from '../format';
import { t } from '../texts';
import { Dialog } from './dialog';
import { Icon } from './icon';

const shown = signal(false);

/** How much of the folder is here. */
function partOf() {
	if (!list.value.partial || !here.value)
		return '';
	const { totalEmails } = here.value;
	return list.value.ids.length < totalEmails ? t.partHere : t.allHere;
}

export const Offline = () => (
	<div role="status" class={offline.value ? 'offline' : 'hidden'}>
		{offline.value && <>
			<strong>{t.offline}</strong>
			<span>{isKeeping() ? t.offlineKept : t.offlineOpen} {partOf()}</span>
			<button type="button" onClick={() => void tryNow()}>{t.tryAgain}
			</button></>}
	</div>
);

// ---- what waits ------------------------------------------------------------

async function discard(letter: Letter) {
	if (await askFor(t.discardAsk(letter.form.subject || t.noSubject),
		t.discard) !== null)
		await takeLetter(letter.key);
}

const isRefused = (q: Queued) => !!q.refused && q.refused !== HELD;
const stateOf = (q: Queued, letter: Letter) => isRefused(q) ?
	inWords(q.refused) : q.refused || !letter.send ? t.draft :
	letter.send.at ? t.scheduledFor(whenFull(letter.send.at)) : t.toBeSent;

function Row({ q, letter }: { q: Queued; letter: Letter }) {
	return (
		<li>
			<div class={isRefused(q) ? 'wrong' : 'soft'}>{stateOf(q, letter)}</div>
			<div class="name" dir="auto">{letter.form.subject || t.noSubject}</div>
			<div class="name" dir="auto">{namesOf(letter)}</div>
			<div class="buttons">
				<button type="button" onClick={() => {
					shown.value = false;
					void editLetter(letter.key);
				}}>{t.edit}</button>
				<button type="button" onClick={() => void discard(letter)}>
					{t.discard}</button>
			</div>
		</li>
	);
}

function Waiting() {
	const close = () => shown.value = false;
	const changes = queued.value.filter((q) => q.deed.kind !== 'write').length;
	return (
		<Dialog label={t.outbox} close={close}>
			<h2>{t.outbox}</h2>
			<p class="soft">{isKeeping() ? t.outboxKept : t.outboxOpen}</p>
			<ul class="waiting">{queued.value.map((q) => q.deed.kind === 'write' &&
				<Row key={q.n} q={q} letter={q.deed} />)}
				{changes > 0 && <li>{t.changesWait(changes)}</li>}
				{!queued.value.length && <li>{t.nothingWaits}</li>}
			</ul>
			<div class="buttons">
				{!offline.value && untold.value.length > 0 &&
					<button type="button" onClick={() => void flush()}>
						{t.tryAgain}</button>}
				<button type="button" class="primary" onClick={close}>
					{t.close}</button>
			</div>
		</Dialog>
	);
}

export const OutboxButton = () => queued.value.length ? (
	<button type="button" class="quiet scheduled"
		onClick={() => shown.value = true}>
		<Icon name="outbox" /><span class="name">{t.outbox}</span>
		<span class="count">{queued.value.length}</span>
	</button>
) : null;

export const Outbox = () => shown.value ? <Waiting /> : null;
