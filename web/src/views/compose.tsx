import { useSignal, type Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { attach, changed, closeWriting, detach, discard, identities, send, writing,
	type Attached, type Writing } from '../model/compose';
import { isKeeping } from '../device';
import { size, written } from '../format';
import { maxHold } from '../jmap';
import { t } from '../texts';
import { Icon, IconButton } from './icon';
import { askWhen } from './later';

function Field({ w, label, value, focus, children }: {
	w: Writing; label: string; value: Signal<string>; focus?: boolean;
	children?: preact.ComponentChildren;
}) {
	const input = useRef<HTMLInputElement>(null);
	// At once: who is quick is in another field already after a moment.
	useLayoutEffect(() => {
		if (focus)
			input.current!.focus();
	}, []);
	return (
		<div class="field">
			<label><span>{label}</span>
				<input ref={input} value={value.value} dir="auto" autocomplete="off"
					onInput={(e) => {
						value.value = e.currentTarget.value;
						changed(w);
					}} />
			</label>
			{children}
		</div>
	);
}

const From = ({ w }: { w: Writing }) => identities.value.length > 1 ? (
	<div class="field"><label><span>{t.from}</span>
		<select value={w.identity.value} onChange={(e) => {
			w.identity.value = e.currentTarget.value;
			changed(w);
		}}>{identities.value.map((i) =>
			<option value={i.id}>{written(i)}</option>)}</select>
	</label></div>
) : null;

const File = ({ w, f }: { w: Writing; f: Attached }) => (
	<li>
		<Icon name="clip" /><span class="name" dir="auto">{f.name}</span>
		{f.blobId.value || f.part.value === 1 ? <span class="size">{size(f.size)}</span> :
			<progress max={1} value={f.part.value} aria-label={f.name} />}
		<IconButton icon="close" label={t.remove(f.name)}
			onClick={() => detach(w, f)} />
	</li>
);

const stateOf = (w: Writing) => ({ new: '', changed: '', saving: t.saving,
	saved: t.saved, kept: isKeeping() ? t.keptHere : t.keptOpen, failed: t.notSaved })[w.state.value];

function Text({ w }: { w: Writing }) {
	const area = useRef<HTMLTextAreaElement>(null);
	useLayoutEffect(() => {
		if (!w.focusText)
			return;
		area.current!.focus();
		area.current!.setSelectionRange(0, 0);
		area.current!.scrollTop = 0;
	}, []);
	return <textarea ref={area} aria-label={t.text} value={w.text.value} dir="auto"
		onInput={(e) => {
			w.text.value = e.currentTarget.value;
			changed(w);
		}} />;
}

function Sheet({ w }: { w: Writing }) {
	const files = useRef<HTMLInputElement>(null);
	const over = useSignal(false);
	const shut = () => void closeWriting();
	return (
		<section class={over.value ? 'compose over' : 'compose'}
			aria-label={w.title}
			onKeyDown={(e) => {
				if (e.key === 'Escape')
					shut();
				else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey))
					void send(w);
			}}
			onDragOver={(e) => {
				e.preventDefault();
				over.value = true;
			}}
			onDragLeave={() => over.value = false}
			onDrop={(e) => {
				e.preventDefault();
				over.value = false;
				attach(w, e.dataTransfer?.files ?? []);
			}}>
			<header>
				<h2>{w.title}</h2>
				<span class="state" role="status">{stateOf(w)}</span>
				<IconButton icon="close" label={t.close} keys="Esc" onClick={shut} />
			</header>
			<From w={w} />
			<Field w={w} label={t.to} value={w.to} focus={!w.focusText}>
				{!w.showCc.value && <button type="button" class="quiet"
					onClick={() => w.showCc.value = true}>{t.cc}, {t.bcc}</button>}
			</Field>
			{w.showCc.value && <>
				<Field w={w} label={t.cc} value={w.cc} />
				<Field w={w} label={t.bcc} value={w.bcc} /></>}
			<Field w={w} label={t.subject} value={w.subject} />
			<Text w={w} />
			{w.files.value.length > 0 && <ul class="attachments">
				{w.files.value.map((f) => <File w={w} f={f} />)}</ul>}
			<footer>
				<button type="button" class="primary" onClick={() => void send(w)}
					title="Ctrl+Enter">{t.send}</button>
				{maxHold() > 0 && <IconButton icon="clock" label={t.sendLater}
					onClick={() => askWhen(w)} />}
				<IconButton icon="clip" label={t.attach}
					onClick={() => files.current!.click()} />
				<input ref={files} type="file" multiple hidden onChange={(e) => {
					attach(w, e.currentTarget.files ?? []);
					e.currentTarget.value = '';
				}} />
				<span class="bar-title" />
				<IconButton icon="trash" label={t.discard}
					onClick={() => discard(w)} />
			</footer>
		</section>
	);
}

export const Compose = () => writing.value ? <Sheet w={writing.value} /> : null;
