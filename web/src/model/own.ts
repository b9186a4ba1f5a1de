// One's own account at this server: the password, and app passwords.
import { signal } from '@preact/signals';
import { own, read, renew } from '../jmap';
import { sealBy } from '../seal';

export interface AppPassword {
	label: string;
	services: string[];
	made: string;
	expires?: string;
	used?: string;
	usedFrom?: string;
	usedFor?: string;
	kind: 'password' | 'certificate' | 'cram-md5';
}

/** null: not asked yet. */
export const appPasswords = signal<AppPassword[] | null>(null);

const APPS = '/account/app-passwords';

export async function loadAppPasswords() {
	const answer = await own('GET', APPS);
	appPasswords.value = (await read(answer)).appPasswords;
}

/** Who is signed in elsewhere is not any more; here one goes on. */
export async function changePassword(password: string, chosen: string) {
	await renew(() => own('POST', '/account/password',
		{ password, new: chosen }));
	void sealBy(chosen);
}

/** What it is, which nobody is told again. */
export async function makeAppPassword(password: string, label: string,
	services: string[]): Promise<string> {
	const answer = await own('POST', APPS, { password, label, services });
	const made = (await read(answer)).appPassword;
	await loadAppPasswords();
	return made;
}

export async function removeAppPassword(label: string) {
	await own('DELETE', `${APPS}/${encodeURIComponent(label)}`);
	await loadAppPasswords();
}
