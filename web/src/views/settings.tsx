// What a person decides of their own account.
import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { whenFull } from '../format';
import { appPasswords, changePassword, loadAppPasswords, makeAppPassword,
	removeAppPassword, type AppPassword } from '../model/own';
import { chooseUndo, UNDO_CHOICES, undoS } from '../model/later';
import { say, sayWrong } from '../model/say';
import { t } from '../texts';
import { Away } from './away';
import { Dialog } from './dialog';
import { IconButton } from './icon';
import { Form, Secret } from './own_form';
import { SecondFactor } from './second_factor';
import { Networks, SignIns } from './sign_ins';
import { HeldMail, Senders } from './strangers';

export const settingsShown = signal(false);

const Password = () => (
	<section>
		<h3>{t.password}</h3>
		<Form button={t.changePassword} unfit={t.passwordUnfit}
			act={async (form) => {
				const chosen = String(form.get('chosen'));
				if (chosen !== form.get('again'))
					throw t.passwordsDiffer;
				await changePassword(String(form.get('password')), chosen);
				say(t.passwordChanged);
			}}>
			<Secret name="password" label={t.passwordNow} />
			<Secret name="chosen" label={t.passwordNew} fresh />
			<Secret name="again" label={t.passwordAgain} fresh />
		</Form>
	</section>
);

const Sending = () => (
	<section>
		<h3>{t.sendingMail}</h3>
		<label>{t.undoFor}
			<select value={undoS.value} onChange={(e) =>
				chooseUndo(Number(e.currentTarget.value))}>
				{UNDO_CHOICES.map((s) => <option value={s}>
					{s ? t.seconds(s) : t.undoNever}</option>)}
			</select>
		</label>
	</section>
);

// ---- app passwords ---------------------------------------------------------

const USES: Record<string, string[]> = {
	programs: ['imap', 'pop3', 'smtp'],
	reading: ['imap', 'pop3'],
	sending: ['smtp'],
	everything: ['imap', 'pop3', 'smtp', 'http'],
};

const lastUse = (one: AppPassword) => one.used ?
	t.usedLast(whenFull(one.used), one.usedFrom ?? '', one.usedFor ?? '') :
	t.neverUsed;

function Row({ one }: { one: AppPassword }) {
	const remove = async () => {
		try {
			await removeAppPassword(one.label);
		} catch (e) {
			sayWrong(e);
		}
	};
	return (
		<li>
			<div>
				<div class="name" dir="auto">{one.label}</div>
				<div class="soft">
					{one.kind === 'certificate' && <>{t.certificate} · </>}
					{one.services.join(', ')} · {lastUse(one)}
					{one.expires && <> · {t.expires(whenFull(one.expires))}</>}
				</div>
			</div>
			<IconButton icon="trash" label={t.remove(one.label)}
				onClick={() => void remove()} />
		</li>
	);
}

function AppPasswords() {
	const made = useSignal('');
	useEffect(() => void loadAppPasswords().catch(sayWrong), []);
	return (
		<section>
			<h3>{t.appPasswords}</h3>
			<p class="soft">{t.appPasswordsLead}</p>
			{!!appPasswords.value?.length && <ul class="waiting">
				{appPasswords.value.map((one) => <Row key={one.label} one={one} />)}
			</ul>}
			{made.value && <p class="made" role="status">{t.madeOnce}
				<code>{made.value}</code></p>}
			<Form button={t.makeAppPassword} unfit={t.labelUnfit}
				act={async (form) => {
					made.value = '';
					made.value = await makeAppPassword(
						String(form.get('password')),
						String(form.get('label')).trim(),
						USES[String(form.get('use'))] ?? []);
				}}>
				<label>{t.programName}
					<input name="label" required maxLength={40}
						autocomplete="off" placeholder={t.programExample} />
				</label>
				<label>{t.goodFor}
					<select name="use">{Object.keys(USES).map((use) =>
						<option value={use}>{t.uses[use]}</option>)}</select>
				</label>
				<Secret name="password" label={t.passwordNow} />
			</Form>
		</section>
	);
}

export const Settings = () => settingsShown.value ? (
	<Dialog label={t.settings} close={() => settingsShown.value = false}>
		<div class="settings">
			<h2>{t.settings}</h2>
			<HeldMail />
			<Away />
			<Senders />
			<Sending />
			<AppPasswords />
			<Password />
			<SecondFactor />
			<SignIns />
			<Networks />
			<div class="buttons">
				<button type="button"
					onClick={() => settingsShown.value = false}>{t.close}</button>
			</div>
		</div>
	</Dialog>
) : null;
