// What is said at the edge of the page: done, undone, went wrong; and questions.
import { signal } from '@preact/signals';
import { Refusal } from '../jmap';
import { t } from '../texts';

export interface Toast {
	text: string;
	wrong?: boolean;
	undo?: () => void;
}
export const toast = signal<Toast | null>(null);

let timer = 0;
export function say(text: string, undo?: () => void, ms = 6000) {
	clearTimeout(timer);
	toast.value = { text, undo };
	timer = window.setTimeout(() => toast.value = null, ms);
}

export function inWords(e: unknown): string {
	const type = e instanceof Refusal ? e.type : String(e);
	const said = t.errors[type] ?? t.errors.other;
	return typeof said === 'function' ? said(type) : said ?? type;
}

export function sayWrong(e: unknown) {
	if (!(e instanceof Refusal))
		console.error(e);
	say(inWords(e), undefined, 10000);
	toast.value = { text: inWords(e), wrong: true };
}

export function undoLast() {
	const undo = toast.value?.undo;
	toast.value = null;
	undo?.();
}

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
