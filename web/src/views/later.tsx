// When a message is to leave, and those that are to.
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { maxHold } from '../jmap';
import { send, type Writing } from '../model/compose';
import { followScheduled, scheduled, sendNow, toDrafts } from '../model/later';
import { addressOf } from '../model/place';
import { askFor } from '../model/say';
import { localTime, subjectOf, whenFull } from '../format';
import { t } from '../texts';
import { Dialog } from './dialog';
import { Icon } from './icon';
import { menuOpen } from './mail';

const HOUR_MS = 3600_000;

// ---- when ------------------------------------------------------------------

const asked = signal<Writing | null>(null);
export const askWhen = (w: Writing) => void (asked.value = w);

function tomorrowMorning() {
	const at = new Date();
	at.setDate(at.getDate() + 1);
	at.setHours(8, 0, 0, 0);
	return at;
}

function When({ w }: { w: Writing }) {
	const field = useRef<HTMLInputElement>(null);
	const close = () => asked.value = null;
	const last = new Date(Date.now() + maxHold() * 1000 - 60_000);
	const leave = (at: Date) => {
		close();
		void send(w, at);
	};
	const choices: [string, Date][] = [
		[t.inAnHour, new Date(Date.now() + HOUR_MS)],
		[t.tomorrowMorning, tomorrowMorning()]];
	return (
		<Dialog label={t.sendLater} close={close}>
			<h2>{t.sendLater}</h2>
			<ul class="choices">{choices.filter(([, at]) => at <= last)
				.map(([name, at]) => <li key={name}>
					<button type="button" class="quiet" onClick={() => leave(at)}>
						{name}<span class="soft">{whenFull(at.toISOString())}</span>
					</button></li>)}</ul>
			<form onSubmit={(e) => {
				e.preventDefault();
				leave(new Date(field.current!.value));
			}}>
				<label>{t.atTime}
					<input ref={field} type="datetime-local" required
						min={localTime(new Date(Date.now() + 60_000))} max={localTime(last)} />
				</label>
				<div class="buttons">
					<button type="button" onClick={close}>{t.cancel}</button>
					<button class="primary">{t.sendLater}</button>
				</div>
			</form>
		</Dialog>
	);
}

// ---- those that wait -------------------------------------------------------

const shown = signal(false);

type One = (typeof scheduled.value)[number];

/** Of what another program handed in there is no draft to come back to. */
async function back({ s, email }: One) {
	if (email || await askFor(t.takeBackAsk, t.takeBack) !== null)
		await toDrafts(s);
}

function Row({ one }: { one: One }) {
	const { s, email } = one;
	const [mailbox] = Object.keys(email?.mailboxIds ?? {});
	const to = s.envelope?.rcptTo.map((a) => a.email).join(', ');
	return (
		<li>
			<div class="soft">{whenFull(s.sendAt)}</div>
			{email && mailbox ? <a dir="auto" href={addressOf({ mailbox, search: null,
				email: email.id })} onClick={() => {
				shown.value = menuOpen.value = false;
			}}>{subjectOf(email)}</a> : <span>{t.byProgram}</span>}
			<div class="name" dir="auto">{to}</div>
			<div class="buttons">
				<button type="button" onClick={() => void back(one)}>
					{email ? t.toDrafts : t.takeBack}</button>
				{email && <button type="button" onClick={() => void sendNow(s)}>
					{t.sendNow}</button>}
			</div>
		</li>
	);
}

function Scheduled() {
	const close = () => shown.value = false;
	return (
		<Dialog label={t.scheduled} close={close}>
			<h2>{t.scheduled}</h2>
			{scheduled.value.length ? <ul class="waiting">
				{scheduled.value.map((one) => <Row key={one.s.id} one={one} />)}
			</ul> : <p>{t.nothingScheduled}</p>}
			<div class="buttons">
				<button type="button" class="primary" onClick={close}>
					{t.close}</button>
			</div>
		</Dialog>
	);
}

export const ScheduledButton = () => scheduled.value.length ? (
	<button type="button" class="quiet scheduled" onClick={() => {
		shown.value = true;
		void followScheduled();
	}}>
		<Icon name="clock" /><span class="name">{t.scheduled}</span>
		<span class="count">{scheduled.value.length}</span>
	</button>
) : null;

export const Later = () => <>
	{asked.value && <When w={asked.value} />}
	{shown.value && <Scheduled />}
</>;
