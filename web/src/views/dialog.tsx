import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Keeps the keyboard until it closes, and gives it back then. */
export function Dialog({ label, close, children }: {
	label: string; close: () => void; children: ComponentChildren;
}) {
	const box = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		box.current!.showModal();
		return () => before?.focus();
	}, []);
	return (
		<dialog ref={box} aria-label={label} onCancel={(e) => {
			e.preventDefault();
			close();
		}} onClick={(e) => {
			if (e.target === box.current)
				close();
		}}>
			<div class="dialog">{children}</div>
		</dialog>
	);
}
