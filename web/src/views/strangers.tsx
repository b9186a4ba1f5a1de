// What is held for somebody, and whom they allow and block.
import { useEffect } from 'preact/hooks';
import { whenFull } from '../format';
import { sayWrong } from '../model/say';
import { addRule, dropHeld, held, loadHeld, loadRules, releaseHeld, removeRule,
	rules, type Does, type Held, type Rule } from '../model/strangers';
import { t } from '../texts';
import { IconButton } from './icon';
import { Form } from './own_form';

const HeldRow = ({ one }: { one: Held }) => (
	<li>
		<div>
			<div class="name" dir="auto">{one.subject || t.noSubject}</div>
			<div class="soft" dir="auto">{one.from || one.sender}</div>
			<div class="soft">{t.heldUntil(whenFull(one.until))}</div>
		</div>
		<IconButton icon="inbox" label={t.releaseHeld(one.subject)}
			onClick={() => void releaseHeld(one.message).catch(sayWrong)} />
		<IconButton icon="trash" label={t.remove(one.subject)}
			onClick={() => void dropHeld(one.message).catch(sayWrong)} />
	</li>
);

/** Nothing is said where there is none. */
export function HeldMail() {
	useEffect(() => void loadHeld().catch(sayWrong), []);
	return held.value?.length ? (
		<section>
			<h3>{t.heldMail}</h3>
			<p class="soft">{t.heldLead}</p>
			<ul class="waiting">{held.value.map((one) =>
				<HeldRow key={one.message} one={one} />)}</ul>
		</section>
	) : null;
}

const DOES: Does[] = ['block', 'junk', 'hold', 'allow'];

const RuleRow = ({ one }: { one: Rule }) => (
	<li>
		<div>
			<div class="name" dir="auto">{one.who}</div>
			<div class="soft">{t.does[one.does]}</div>
		</div>
		<IconButton icon="trash" label={t.remove(one.who)}
			onClick={() => void removeRule(one.who).catch(sayWrong)} />
	</li>
);

export function Senders() {
	useEffect(() => void loadRules().catch(sayWrong), []);
	return (
		<section>
			<h3>{t.senders}</h3>
			<p class="soft">{t.sendersLead}</p>
			{!!rules.value?.length && <ul class="waiting">
				{rules.value.map((one) => <RuleRow key={one.who} one={one} />)}
			</ul>}
			<Form button={t.addRule} unfit={t.ruleUnfit}
				act={(form) => addRule(String(form.get('who')).trim(),
					String(form.get('does')))}>
				<label>{t.ruleWho}
					<input name="who" required maxLength={320}
						autocomplete="off" placeholder="example.net" />
				</label>
				<label>{t.ruleDoes}
					<select name="does">{DOES.map((does) =>
						<option value={does}>{t.does[does]}</option>)}</select>
				</label>
			</Form>
		</section>
	);
}
