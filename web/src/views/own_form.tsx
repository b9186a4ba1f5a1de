// Forms about one's own account, which ask for the password once more.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { person, Refusal } from '../jmap';
import { inWords } from '../model/say';

const LEAST = 8;

/** What a refusal is about is known from where it comes. */
function why(e: unknown, unfit: string): string {
	const status = e instanceof Refusal ? e.status : 0;
	return status === 403 ? inWords('wrongOwnPassword') :
		status === 429 ? inWords('tooOften') :
		status === 409 || status === 422 ? unfit : inWords(e);
}

/** A form that says what went wrong in it. */
export function Form({ act, unfit, button, children }: {
	act: (form: FormData) => Promise<void>; unfit: string; button: string;
	children: ComponentChildren;
}) {
	const wrong = useSignal('');
	const busy = useSignal(false);
	return (
		<form onSubmit={async (e) => {
			e.preventDefault();
			const form = e.currentTarget as HTMLFormElement;
			wrong.value = '';
			busy.value = true;
			try {
				await act(new FormData(form));
				form.reset();
			} catch (e) {
				wrong.value = typeof e === 'string' ? e : why(e, unfit);
			}
			busy.value = false;
		}}>
			{/* For the browser's memory of passwords. */}
			<input type="email" autocomplete="username" hidden readOnly
				value={person.value?.user} />
			{children}
			<p class="wrong" role="alert">{wrong}</p>
			<div class="buttons">
				<button class="primary" disabled={busy.value}>{button}</button>
			</div>
		</form>
	);
}

export const Secret = ({ name, label, fresh }: {
	name: string; label: string; fresh?: boolean;
}) => (
	<label>{label}
		<input name={name} type="password" required
			minLength={fresh ? LEAST : undefined}
			autocomplete={fresh ? 'new-password' : 'current-password'} />
	</label>
);
