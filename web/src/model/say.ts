// What is said at the edge of the page: done, undone, went wrong; and questions.
import { signal } from '@preact/signals';
import { Refusal } from '../jmap';
import { t } from '../texts';

export interface Toast {
	text: string;
	wrong?: boolean;
	undo?: () => void;
}
const TOASTS_MAX = 3;
/** The last few, the newest last. */
export const toasts = signal<Toast[]>([]);

export const dismiss = (one: Toast) =>
	void (toasts.value = toasts.value.filter((other) => other !== one));

function show(one: Toast, ms: number) {
	toasts.value = [...toasts.value, one].slice(-TOASTS_MAX);
	setTimeout(() => dismiss(one), ms);
}

export const say = (text: string, undo?: () => void, ms = 6000) =>
	show({ text, undo }, ms);

export function inWords(e: unknown): string {
	const type = e instanceof Refusal ? e.type : String(e);
	const said = t.errors[type] ?? t.errors.other;
	return typeof said === 'function' ? said(type) : said ?? type;
}

export function sayWrong(e: unknown) {
	if (!(e instanceof Refusal))
		console.error(e);
	show({ text: inWords(e), wrong: true }, 10000);
}

export function undo(one: Toast | undefined) {
	if (!one)
		return;
	dismiss(one);
	one.undo?.();
}
export const undoLast = () => undo([...toasts.value].reverse()
	.find((one) => one.undo));

export interface Question {
	text: string;
	yes: string;
	/** Answered in words where there is one. */
	field?: { label: string; value: string };
	answer: (said: string | null) => void;
}
export const question = signal<Question | null>(null);

/** null: they would rather not. */
export function askFor(text: string, yes: string, field?: Question['field']) {
	return new Promise<string | null>((answer) => {
		question.value = { text, yes, field, answer: (said) => {
			question.value = null;
			answer(said);
		} };
	});
}
