// What was done without the server, and a sign-in that ended before it was told:
// closed with a key of the person's password, so that it can wait on the device
// for them, and for nobody else.                              RFC 8018 5.2
import { isKeeping, keepFact, SEALED_MS, takeSealed } from './device';

const ROUNDS = 600_000;

interface Key { key: CryptoKey; salt: Uint8Array<ArrayBuffer> }
interface Sealed {
	user: string;
	at: number;
	salt: Uint8Array<ArrayBuffer>;
	iv: Uint8Array<ArrayBuffer>;
	octets: ArrayBuffer;
}

async function keyOf(password: string, salt: Uint8Array<ArrayBuffer>,
	canBeRead = false) {
	const secret = await crypto.subtle.importKey('raw',
		new TextEncoder().encode(password), 'PBKDF2', false, ['deriveKey']);
	return crypto.subtle.deriveKey(
		{ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, secret,
		{ name: 'AES-GCM', length: 256 }, canBeRead, ['encrypt', 'decrypt']);
}

/** The key cannot be read, by the page neither; it goes with all that is kept. */
export async function sealBy(password: string) {
	if (!isKeeping())
		return;
	const salt = crypto.getRandomValues(new Uint8Array(16));
	const key: Key = { salt, key: await keyOf(password, salt) };
	await keepFact('key', key);
}

/** Files in it as the text of their octets: JSON has no others. */
const asText = (blob: Blob) => new Promise<string>((done, failed) => {
	const reader = new FileReader();
	reader.onload = () => done(reader.result as string);
	reader.onerror = () => failed(reader.error);
	reader.readAsDataURL(blob);
});

async function packed(what: unknown): Promise<unknown> {
	if (what instanceof Blob)
		return { $blob: await asText(what) };
	if (Array.isArray(what))
		return Promise.all(what.map(packed));
	if (what === null || typeof what !== 'object')
		return what;
	return Object.fromEntries(await Promise.all(Object.entries(what)
		.map(async ([name, value]) => [name, await packed(value)])));
}

/** No URL of data is fetched: the page's policy has none. */
function blobOf(url: string): Blob {
	const [head = '', text = ''] = url.split(',', 2);
	return new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))],
		{ type: /^data:([^;]*)/.exec(head)?.[1] });
}

export async function seal(queued: unknown[], key: unknown, user: string) {
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const text = new TextEncoder().encode(JSON.stringify(await packed(queued)));
	const sealed: Sealed = { user, at: Date.now(), salt: (key as Key).salt, iv,
		octets: await crypto.subtle.encrypt({ name: 'AES-GCM', iv },
			(key as Key).key, text) };
	return sealed;
}

// The page is about to be loaded anew, and knows no password then.
const CARRIED = 'postern.key';
export const isCarried = () => sessionStorage.getItem(CARRIED) !== null;

/** What opens what is sealed for them, to the next page of this window. */
export async function carryOver(user: string, password: string) {
	const found = await takeSealed<Sealed>(user, true);
	if (!found)
		return;
	const key = await keyOf(password, found.salt, true);
	sessionStorage.setItem(CARRIED, JSON.stringify(
		await crypto.subtle.exportKey('jwk', key)));
}

function carriedKey() {
	const text = sessionStorage.getItem(CARRIED) ?? 'null';
	sessionStorage.removeItem(CARRIED);
	return crypto.subtle.importKey('jwk', JSON.parse(text), 'AES-GCM', false,
		['decrypt']);
}

/** By the password, or what was carried over; it stays until it is somewhere else.
 * null: there was something, and another password closed it. */
export async function openSealed(user: string, password?: string):
	Promise<unknown[] | null> {
	const found = await takeSealed<Sealed>(user, true);
	if (!found || Date.now() - found.at > SEALED_MS)
		return [];
	try {
		const text = await crypto.subtle.decrypt(
			{ name: 'AES-GCM', iv: found.iv }, password === undefined ?
				await carriedKey() : await keyOf(password, found.salt),
			found.octets);
		return JSON.parse(new TextDecoder().decode(text), (_, value) =>
			typeof value?.$blob === 'string' ? blobOf(value.$blob) : value);
	} catch {
		await takeSealed(user);
		return null;
	}
}
