// HTML of a stranger, for a frame that has no scripts and no origin. This is the
// first of the walls; the frame's sandbox and its policy stand behind it.
import DOMPurify from 'dompurify';
import { downloadUrl, type Part } from './jmap';
import { keepBlob, keptBlob } from './model/kept';

export interface Safe {
	html: string;
	/** Does it want images from elsewhere? */
	remote: boolean;
}

/** Of another server; the others lead nowhere from a message. */
const isRemote = (url: string) => /^\s*(?:https?:)?\/\//i.test(url);
const isInside = (url: string) => /^\s*(?:data|cid):/i.test(url);
const URL_IN_STYLE = /url\(\s*["']?\s*(?:https?:)?\/\//i;
const FETCHED = ['src', 'srcset', 'background', 'poster'];
const INLINE_MAX = 8 << 20;

// Light, whatever the page is: mail is written for white paper.
const STYLE = `html{color-scheme:light;background:#fff;color:#1c1d1f}
body{margin:0;padding:16px 20px 24px;font:15px/1.55 system-ui,sans-serif;
overflow-wrap:break-word}
img{max-width:100%;height:auto}table{max-width:100%}
blockquote{margin:0 0 0 2px;padding-left:12px;border-left:3px solid #d9dbd8;
color:#5b605c}pre{white-space:pre-wrap}a{color:#2f5d50}`;

const policy = (images: boolean) =>
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:" +
	(images ? ' https:' : '') + "; form-action 'none'; base-uri 'none'" +
	(images ? '; upgrade-insecure-requests' : '');

const purify = DOMPurify(window);
purify.addHook('afterSanitizeAttributes', (node) => {
	if (node.nodeName === 'A' || node.nodeName === 'AREA') {
		node.setAttribute('target', '_blank');
		node.setAttribute('rel', 'noopener noreferrer nofollow');
	}
});

/** Parts that the text names stand in it; the frame can fetch nothing. */
async function asData(part: Part): Promise<string> {
	const id = part.blobId ?? '';
	const kept = await keptBlob(id);
	const answer = kept ? undefined : await fetch(downloadUrl(id,
		part.name ?? 'image', part.type));
	const blob = kept ?? await answer!.blob();
	if (answer?.ok)
		keepBlob(id, blob);
	return new Promise((done) => {
		const reader = new FileReader();
		reader.onload = () => done(reader.result as string);
		reader.readAsDataURL(new Blob([blob], { type: part.type }));
	});
}

async function putInline(root: Element, parts: Part[]) {
	const named = new Map(parts.filter((p) => p.cid && p.size < INLINE_MAX &&
		p.type.startsWith('image/')).map((p) => [p.cid!, p]));
	await Promise.all([...root.querySelectorAll('img[src^="cid:" i]')]
		.map(async (img) => {
			const cid = img.getAttribute('src')!.slice(4);
			const part = named.get(cid) ?? named.get(decodeURIComponent(cid));
			img.removeAttribute('src');
			if (part)
				img.setAttribute('src', await asData(part).catch(() => ''));
		}));
}

const wantsRemote = (root: Element) =>
	[...root.querySelectorAll('[src],[srcset],[background],[poster],[style],style')]
		.some((e) => FETCHED.some((name) =>
			isRemote(e.getAttribute(name) ?? '')) ||
			URL_IN_STYLE.test(e.getAttribute('style') ?? '') ||
			(e.nodeName === 'STYLE' && URL_IN_STYLE.test(e.textContent ?? '')));

/** The policy refuses them as well; what is not there, nobody asks for. */
function dropFetched(root: Element, images: boolean) {
	for (const name of FETCHED)
		for (const e of root.querySelectorAll(`[${name}]`)) {
			const url = e.getAttribute(name)!;
			if (!isInside(url) && !(images && isRemote(url)))
				e.removeAttribute(name);
		}
	const urls = images ? /url\(\s*["']?\s*(?!data:|https?:|\/\/|["'\s])[^)]*\)/gi :
		/url\(\s*["']?\s*(?!data:|["'\s])[^)]*\)/gi;
	const without = (css: string) => css.replace(urls, 'none')
		.replace(/@import[^;]*;?/gi, '');
	for (const e of root.querySelectorAll('[style]')) {
		const css = e.getAttribute('style')!;
		if (without(css) !== css)
			e.setAttribute('style', without(css));
	}
	for (const e of root.querySelectorAll('style'))
		e.textContent = without(e.textContent ?? '');
}

export async function sanitize(html: string, parts: Part[],
	images: boolean): Promise<Safe> {
	const root = purify.sanitize(html, {
		WHOLE_DOCUMENT: true, RETURN_DOM: true,
		USE_PROFILES: { html: true },
		FORBID_TAGS: ['form', 'input', 'button', 'textarea', 'select', 'dialog',
			'video', 'audio', 'source', 'track', 'link', 'meta', 'base'],
		FORBID_ATTR: ['autofocus', 'ping', 'popover', 'popovertarget'],
		ADD_URI_SAFE_ATTR: [], ALLOW_DATA_ATTR: false,
		ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:|data:image\/|#)/i,
	}) as HTMLElement;
	await putInline(root, parts);
	const remote = wantsRemote(root);
	dropFetched(root, images);
	const head = root.querySelector('head')?.innerHTML ?? '';
	const body = root.querySelector('body')?.outerHTML ?? root.innerHTML;
	return { remote, html: '<!doctype html><html><head>' +
		`<meta http-equiv="Content-Security-Policy" content="${policy(images)}">` +
		'<meta name="referrer" content="no-referrer">' +
		`<style>${STYLE}</style>${head}</head>${body}</html>` };
}
