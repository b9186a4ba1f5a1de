import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { canKeep, wantsKeeping } from '../device';
import { Refusal, signIn, wasSignedOut } from '../jmap';
import { inWords } from '../model/say';
import { t } from '../texts';

function why(e: unknown, code?: string): string {
	const status = e instanceof Refusal ? e.status : 0;
	return status === 401 ? inWords(code ? 'wrongCode' : 'wrongPassword') :
		status === 429 ? inWords('tooOften') : inWords(e);
}

export function SignIn() {
	const wrong = useSignal(wasSignedOut.value ? inWords('signedOut') : '');
	const busy = useSignal(false);
	const wantsCode = useSignal(false);
	const password = useRef<HTMLInputElement>(null);
	const code = useRef<HTMLInputElement>(null);
	useEffect(() => code.current?.focus(), [wantsCode.value]);

	const submit = async (e: SubmitEvent) => {
		e.preventDefault();
		const form = new FormData(e.currentTarget as HTMLFormElement);
		const typed = form.get('code')?.toString().trim() || undefined;
		busy.value = true;
		try {
			await signIn(String(form.get('user')),
				String(form.get('password')), typed, form.has('keep'));
		} catch (e) {
			const asked = e instanceof Refusal && e.type === 'codeWanted';
			wantsCode.value ||= asked;
			wrong.value = asked ? '' : why(e, typed);
			(code.current ?? password.current)?.select();
		}
		busy.value = false;
	};

	return (
		<main class="sign-in">
			<form onSubmit={submit}>
				<h1>Postern</h1>
				<p>{t.signInLead}</p>
				<label>{t.address}
					<input name="user" type="email" required autofocus
						autocomplete="username" autocapitalize="none"
						spellcheck={false} />
				</label>
				<label>{t.password}
					<input name="password" type="password" required ref={password}
						autocomplete="current-password" />
				</label>
				{wantsCode.value && <label>{t.code}
					<input name="code" required ref={code} maxLength={20}
						autocomplete="one-time-code" autocapitalize="none"
						spellcheck={false} />
					<span class="soft">{t.codeHint}</span>
				</label>}
				{canKeep() && <label class="keep">
					<input name="keep" type="checkbox"
						defaultChecked={wantsKeeping()}
						aria-describedby="keep-hint" />
					<span>{t.keepHere}
						<span class="soft" id="keep-hint">{t.keepHint}</span></span>
				</label>}
				<p class="wrong" role="alert">{wrong}</p>
				<button class="primary" disabled={busy.value}>{t.signIn}</button>
			</form>
		</main>
	);
}
