// A code of a telephone beside the password: set up, and taken off.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { factor, loadFactor, newCodes, offerFactor, turnOff, turnOn,
	type Offer } from '../model/factor';
import { say, sayWrong } from '../model/say';
import { qr } from '../qr';
import { t } from '../texts';
import { Form, Secret } from './own_form';

const text = (form: FormData, name: string) => String(form.get(name)).trim();

const Code = ({ label }: { label: string }) => (
	<label>{label}
		<input name="code" required maxLength={20} spellcheck={false}
			autocomplete="one-time-code" autocapitalize="none" />
	</label>
);

/** One path for all that is dark, with the quiet zone around it. */
function Qr({ of }: { of: string }) {
	const rows = qr(of);
	if (!rows)
		return null;
	const size = rows.length + 8;
	const dark = rows.flatMap((row, y) => row.map((on, x) =>
		on ? `M${x + 4} ${y + 4}h1v1h-1z` : '')).join('');
	return (
		<svg class="qr" role="img" aria-label={t.qrCode}
			viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
			<path d={dark} fill="#000" />
		</svg>
	);
}

const Begin = ({ offered }: { offered: (offer: Offer) => void }) => (
	<>
		<p class="soft">{t.factorOff}</p>
		<Form button={t.setUpFactor} unfit={t.codeUnfit}
			act={async (form) =>
				offered(await offerFactor(String(form.get('password'))))}>
			<Secret name="password" label={t.passwordNow} />
		</Form>
	</>
);

const Confirm = ({ offer, made }: {
	offer: Offer; made: (codes: string[]) => void;
}) => (
	<>
		<p class="soft">{t.scan}</p>
		<Qr of={offer.uri} />
		<p class="made"><code>{offer.secret.match(/.{4}/g)?.join(' ')}</code></p>
		<p><a href={offer.uri}>{t.openAuthenticator}</a></p>
		<Form button={t.turnOn} unfit={t.codeUnfit}
			act={async (form) => made(await turnOn(
				String(form.get('password')), offer.offer,
				text(form, 'code')))}>
			<Code label={t.firstCode} />
			<Secret name="password" label={t.passwordNow} />
		</Form>
	</>
);

const Change = ({ made }: { made: (codes: string[]) => void }) => {
	const off = useSignal(false);
	return (
		<>
			<p class="soft">{t.factorOn(factor.value?.recoveryCodes ?? 0)}</p>
			<Form button={off.value ? t.turnOff : t.newCodes}
				unfit={t.codeUnfit}
				act={async (form) => {
					const password = String(form.get('password'));
					const code = text(form, 'code');
					if (!off.value)
						return made(await newCodes(password, code));
					await turnOff(password, code);
					made([]);
					say(t.factorIsOff);
				}}>
				<label class="choice"><input type="radio" name="act"
					checked={!off.value}
					onChange={() => off.value = false} />{t.newCodes}</label>
				<label class="choice"><input type="radio" name="act"
					checked={off.value}
					onChange={() => off.value = true} />{t.turnOff}</label>
				<Code label={t.codeOrRecovery} />
				<Secret name="password" label={t.passwordNow} />
			</Form>
		</>
	);
};

export function SecondFactor() {
	const offer = useSignal<Offer | null>(null);
	const codes = useSignal<string[]>([]);
	useEffect(() => void loadFactor().catch(sayWrong), []);
	const made = (fresh: string[]) => {
		codes.value = fresh;
		offer.value = null;
	};
	return (
		<section>
			<h3>{t.secondFactor}</h3>
			{codes.value.length > 0 && <div class="made" role="status">
				{t.recoveryCodes}
				<ul class="codes">{codes.value.map((code) =>
					<li><code>{code}</code></li>)}</ul>
			</div>}
			{factor.value?.on ? <Change made={made} /> : offer.value ?
				<Confirm offer={offer.value} made={made} /> :
				factor.value && <Begin offered={(o) => offer.value = o} />}
		</section>
	);
}
