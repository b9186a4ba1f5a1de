// The second factor of one's own account.
import { signal } from '@preact/signals';
import { own, read } from '../jmap';

/** null: not asked yet. */
export const factor = signal<{ on: boolean; recoveryCodes?: number } | null>(
	null);

/** What an authenticator is to know, until it is on. */
export interface Offer { secret: string; uri: string; offer: string }

const FACTOR = '/account/second-factor';

export async function loadFactor() {
	factor.value = await read(await own('GET', FACTOR));
}

export const offerFactor = async (password: string): Promise<Offer> =>
	read(await own('POST', `${FACTOR}/offer`, { password }));

async function codesOf(path: string, form: object): Promise<string[]> {
	const codes = (await read(await own('POST', path, form))).recoveryCodes;
	await loadFactor();
	return codes;
}

/** The recovery codes, which nobody is told again. */
export const turnOn = (password: string, offer: string, code: string) =>
	codesOf(FACTOR, { password, offer, code });

export const newCodes = (password: string, code: string) =>
	codesOf(`${FACTOR}/codes`, { password, code });

export async function turnOff(password: string, code: string) {
	await own('POST', `${FACTOR}/off`, { password, code });
	await loadFactor();
}
