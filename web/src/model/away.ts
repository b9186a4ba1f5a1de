// What those hear who write to somebody who is away.             RFC 8621 8
import { signal } from '@preact/signals';
import { ask, checkSet, type SetAnswer } from '../jmap';

export interface Away {
	isEnabled: boolean;
	fromDate: string | null;
	toDate: string | null;
	subject: string | null;
	textBody: string | null;
}

/** null: not asked yet. */
export const away = signal<Away | null>(null);

const ONLY = 'singleton';

export async function loadAway() {
	const a = await ask([['VacationResponse/get', { ids: [ONLY] }]]);
	away.value = a.get<{ list: Away[] }>(0).list[0] ?? null;
}

export async function setAway(to: Away) {
	// What another program wrote as HTML would go on beside this text.
	const a = await ask([['VacationResponse/set',
		{ update: { [ONLY]: { ...to, htmlBody: null } } }]]);
	checkSet(a.get<SetAnswer>(0));
	await loadAway();
}
