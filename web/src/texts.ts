// What the page says, in each language it speaks.
import { de } from './texts.de';
import { en } from './texts.en';

export type Texts = typeof en;

const all: Record<string, Texts> = { en, de };
const KEY = 'postern.language';

export const languages = { en: 'English', de: 'Deutsch' };
export const language = ((): string => {
	const wanted = [localStorage.getItem(KEY), ...navigator.languages];
	for (const w of wanted) {
		const name = w?.slice(0, 2) ?? '';
		if (name in all)
			return name;
	}
	return 'en';
})();
document.documentElement.lang = language;

/** The texts of the language that was chosen. */
export const t: Texts = all[language] ?? en;

export function speak(name: string) {
	localStorage.setItem(KEY, name);
	location.reload();
}
