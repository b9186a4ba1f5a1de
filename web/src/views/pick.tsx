import { signal, useSignal } from '@preact/signals';
import { moveTo, targets } from '../model/actions';
import { here, nameOfMailbox, tree } from '../model/mailboxes';
import { t } from '../texts';
import { Dialog } from './dialog';

const shown = signal(false);
export const pickMailbox = () => {
	if (targets().length)
		shown.value = true;
};

function Picker() {
	const text = useSignal('');
	const close = () => shown.value = false;
	const all = tree.value.map(([m]) => m).filter((m) => m !== here.value &&
		nameOfMailbox(m).toLowerCase().includes(text.value.toLowerCase()));
	const choose = (id: string | undefined) => {
		close();
		if (id)
			void moveTo(id);
	};
	return (
		<Dialog label={t.moveTo} close={close}>
			<form onSubmit={(e) => {
				e.preventDefault();
				choose(all[0]?.id);
			}}>
				<label>{t.moveTo}
					<input autofocus value={text.value} autocomplete="off"
						onInput={(e) => text.value = e.currentTarget.value} />
				</label>
				<ul class="choices">{all.map((m) => <li key={m.id}>
					<button type="button" class="quiet" dir="auto"
						onClick={() => choose(m.id)}>{nameOfMailbox(m)}</button>
				</li>)}</ul>
			</form>
		</Dialog>
	);
}

export const Pick = () => shown.value ? <Picker /> : null;
