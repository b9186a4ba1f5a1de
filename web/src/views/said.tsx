import { useRef } from 'preact/hooks';
import { question, toast, undoLast, type Question } from '../model/say';
import { t } from '../texts';
import { Dialog } from './dialog';
import { IconButton } from './icon';

const Toast = () => (
	<div class="toasts" role="status" aria-live="polite">
		{toast.value && <div class={toast.value.wrong ? 'toast bad' : 'toast'}>
			<span>{toast.value.text}</span>
			{toast.value.undo &&
				<button type="button" onClick={undoLast}>{t.undo}</button>}
			<IconButton icon="close" label={t.close}
				onClick={() => toast.value = null} />
		</div>}
	</div>
);

function Asked({ q }: { q: Question }) {
	const field = useRef<HTMLInputElement>(null);
	return (
		<Dialog label={q.text} close={() => q.answer(null)}>
			<form onSubmit={(e) => {
				e.preventDefault();
				q.answer(field.current?.value ?? '');
			}}>
				<p>{q.text}</p>
				{q.field && <label>{q.field.label}
					<input ref={field} autofocus defaultValue={q.field.value}
						autocomplete="off" /></label>}
				<div class="buttons">
					<button type="button" onClick={() => q.answer(null)}>
						{t.cancel}</button>
					<button class="primary" autofocus={!q.field}>{q.yes}</button>
				</div>
			</form>
		</Dialog>
	);
}

export const Said = () => <>
	<Toast />
	{question.value && <Asked q={question.value} />}
</>;
