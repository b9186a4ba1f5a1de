// Mail of strangers: what is held for this account, and what it says of senders.
import { signal } from '@preact/signals';
import { own, read } from '../jmap';

export interface Held {
	message: number;
	from: string;
	sender: string;
	subject: string;
	held: string;
	until: string;
}

export type Does = 'allow' | 'block' | 'junk' | 'hold';
export interface Rule {
	who: string;
	does: Does;
}

/** null: not asked yet. */
export const held = signal<Held[] | null>(null);
export const rules = signal<Rule[] | null>(null);

export async function loadHeld() {
	held.value = (await read(await own('GET', '/account/held'))).held;
}

/** It comes into the inbox. */
export async function releaseHeld(message: number) {
	await own('POST', `/account/held/${message}/release`);
	await loadHeld();
}

export async function dropHeld(message: number) {
	await own('DELETE', `/account/held/${message}`);
	await loadHeld();
}

export async function loadRules() {
	rules.value = (await read(await own('GET', '/account/rules'))).rules;
}

export async function addRule(who: string, does: string) {
	await own('POST', '/account/rules', { who, does });
	await loadRules();
}

export async function removeRule(who: string) {
	await own('DELETE', `/account/rules/${encodeURIComponent(who)}`);
	await loadRules();
}
