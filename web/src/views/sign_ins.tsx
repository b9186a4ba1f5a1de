// Where somebody is signed in, and the end of that.
import { useEffect } from 'preact/hooks';
import { whenFull } from '../format';
import { leave } from '../model/leave';
import { sayWrong } from '../model/say';
import { calledItself, endSignIn, loadNetworks, loadSignIns, networks,
	signIns, type SignedIn } from '../model/sign_ins';
import { t } from '../texts';
import { IconButton } from './icon';

function what(one: SignedIn): string {
	const called = calledItself(one.userAgent);
	return called ? t.browserOn(...called) : t.someProgram;
}

const Row = ({ one }: { one: SignedIn }) => (
	<li>
		<div>
			<div class="name">{what(one)}{one.here && <> ({t.signedInHere})</>}
			</div>
			<div class="soft">{t.signedInSince(whenFull(one.begun), one.from)}</div>
		</div>
		{!one.here && <IconButton icon="close" label={t.signOutThere(what(one))}
			onClick={() => void endSignIn(one.id).catch(sayWrong)} />}
	</li>
);

export function SignIns() {
	useEffect(() => void loadSignIns().catch(sayWrong), []);
	return (
		<section>
			<h3>{t.signIns}</h3>
			<ul class="waiting">{signIns.value?.map((one) =>
				<Row key={one.id} one={one} />)}</ul>
			<div class="buttons">
				<button type="button" onClick={() => void leave(true)}>
					{t.signOutEverywhere}</button>
			</div>
		</section>
	);
}

export function Networks() {
	useEffect(() => void loadNetworks().catch(sayWrong), []);
	return networks.value?.length ? (
		<section>
			<h3>{t.networks}</h3>
			<p class="soft">{t.networksLead}</p>
			<ul class="waiting">{networks.value.map((one) => (
				<li key={one.network}>
					<div>
						<div class="name">{one.network}</div>
						<div class="soft">{t.networkSeen(whenFull(one.first),
							whenFull(one.last))}</div>
					</div>
				</li>))}</ul>
		</section>
	) : null;
}
