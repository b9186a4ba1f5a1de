import { useRef } from 'preact/hooks';
import { dismiss, question, toasts, undo, type Question } from '../model/say';
import { t } from '../texts';
import { Dialog } from './dialog';
import { IconButton } from './icon';

const Toasts = () => (
	<div class="toasts" role="status" aria-live="polite">
		{toasts.value.map((one) => <div class={one.wrong ? 'toast bad' : 'toast'}>
			<span>{one.text}</span>
			{one.undo && <button type="button" onClick={() => undo(one)}>
				{t.undo}</button>}
			<IconButton icon="close" label={t.close}
				onClick={() => dismiss(one)} />
		</div>)}
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
	<Toasts />
	{question.value && <Asked q={question.value} />}
</>;
