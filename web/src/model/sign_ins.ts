// The sign-ins of this account at this server's page.
import { signal } from '@preact/signals';
import { own, read } from '../jmap';

export interface SignedIn {
	id: string;
	here: boolean;
	begun: string;
	used: string;
	from: string;
	userAgent: string;
}

/** The newest first; null: not asked yet. */
export const signIns = signal<SignedIn[] | null>(null);

export async function loadSignIns() {
	const answer = await own('GET', '/sessions');
	signIns.value = (await read(answer)).sessions.reverse();
}

/** From where this account was used, by whatever program. */
export interface Network {
	network: string;
	first: string;
	last: string;
}

/** The last seen first; null: not asked yet. */
export const networks = signal<Network[] | null>(null);

export async function loadNetworks() {
	const answer = await own('GET', '/account/networks');
	networks.value = (await read(answer)).networks;
}

export async function endSignIn(id: string) {
	await own('DELETE', `/sessions/${id}`);
	await loadSignIns();
}

// As they call themselves; what comes first here others claim to be, too.
const BROWSERS = ['Firefox', 'Edg', 'OPR', 'Chrome', 'Safari'];
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'];
const NAMES: Record<string, string> = { Edg: 'Edge', OPR: 'Opera',
	'Mac OS': 'macOS' };

/** Browser and system; null: of something else. */
export function calledItself(agent: string): [string, string] | null {
	const browser = BROWSERS.find((name) => agent.includes(`${name}/`));
	const system = SYSTEMS.find((name) => agent.includes(name));
	return browser && system ?
		[NAMES[browser] ?? browser, NAMES[system] ?? system] : null;
}
