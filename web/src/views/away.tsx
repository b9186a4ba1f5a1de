// Being away: what those hear who write meanwhile.
import { useEffect } from 'preact/hooks';
import { localTime } from '../format';
import { canAnswer } from '../jmap';
import { away, loadAway, setAway, type Away as Answer } from '../model/away';
import { say, sayWrong } from '../model/say';
import { t } from '../texts';
import { Form } from './own_form';

/** The day in a field, which ends at midnight, here; and back. */
const dayOf = (utc: string | null, end = 0) =>
	utc ? localTime(new Date(Date.parse(utc) - end)).slice(0, 10) : '';

function timeOf(day: string, later = 0): string | null {
	if (!day)
		return null;
	const at = new Date(`${day}T00:00`);
	at.setDate(at.getDate() + later);
	return at.toISOString().replace(/\.\d+/, '');
}

const read = (form: FormData): Answer => ({
	isEnabled: form.has('on'),
	fromDate: timeOf(String(form.get('from'))),
	toDate: timeOf(String(form.get('until')), 1),
	subject: String(form.get('subject')).trim() || null,
	textBody: String(form.get('text')).trim() || null,
});

const Fields = ({ now }: { now: Answer }) => (
	<Form button={t.save} unfit="" act={async (form) => {
		const to = read(form);
		if (to.fromDate && to.toDate && to.toDate <= to.fromDate)
			throw t.awayBackwards;
		if (to.isEnabled && !to.textBody)
			throw t.awayNoText;
		await setAway(to);
		say(to.isEnabled ? t.awayIsOn : t.awayIsOff);
	}}>
		<label class="choice">
			<input type="checkbox" name="on" defaultChecked={now.isEnabled} />
			{t.awayOn}
		</label>
		<label>{t.awayFrom}
			<input type="date" name="from" defaultValue={dayOf(now.fromDate)} />
		</label>
		<label>{t.awayUntil}
			<input type="date" name="until"
				defaultValue={dayOf(now.toDate, 1)} />
		</label>
		<label>{t.awaySubject}
			<input name="subject" dir="auto" maxLength={200} autocomplete="off"
				defaultValue={now.subject ?? ''} />
		</label>
		<label>{t.awayText}
			<textarea name="text" dir="auto" rows={5} maxLength={10000}
				defaultValue={now.textBody ?? ''} />
		</label>
	</Form>
);

export function Away() {
	useEffect(() => {
		if (canAnswer())
			void loadAway().catch(sayWrong);
	}, []);
	return !away.value ? null : (
		<section>
			<h3>{t.away}</h3>
			<p class="soft">{t.awayLead}</p>
			<Fields key={JSON.stringify(away.value)} now={away.value} />
		</section>
	);
}
