import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { canSend, downloadUrl, type Address, type Email, type FullEmail, type Part }
	from '../jmap';
import { nameOf, size, subjectOf, when, whenFull } from '../format';
import { setKeyword } from '../model/actions';
import { editDraft, forward, reply } from '../model/compose';
import { bodyOf, fetchBody, imagesOf, showImages, unfolded } from '../model/open';
import { htmlOf, isTruncated, pieces, textOf } from '../model/text';
import type { Safe } from '../sanitize';
import { t } from '../texts';
import { Icon, IconButton } from './icon';

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/;

const Linked = ({ text }: { text: string }) => <>
	{text.split(LINK).map((piece, i) => i % 2 ?
		<a href={piece} target="_blank" rel="noopener noreferrer nofollow">
			{piece}</a> : piece)}
</>;

const Plain = ({ text }: { text: string }) => (
	<div class="plain" tabIndex={0} dir="auto">
		{text.trim() ? pieces(text).map(({ quoted, text: piece }) => quoted ?
			<details><summary>{t.quoted}</summary>
				<div class="quoted"><Linked text={piece} /></div></details> :
			<div><Linked text={piece} /></div>) :
			<p class="hint">{t.emptyMessage}</p>}
	</div>
);

/** Its own document, without scripts and of no origin. */
function Html({ e, html }: { e: FullEmail; html: string }) {
	const safe = useSignal<Safe | null>(null);
	const images = imagesOf.value.has(e.id);
	useEffect(() => {
		let over = false;
		void import('../sanitize')
			.then(({ sanitize }) => sanitize(html, e.attachments, images))
			.then((found) => over || (safe.value = found));
		return () => over = true;
	}, [e.id, images]);
	return <>
		{safe.value?.remote && !images && <div class="images">
			<span>{t.imagesBlocked}</span>
			<button type="button" onClick={showImages}>{t.showImages}</button>
		</div>}
		{safe.value ? <iframe class="paper" title={subjectOf(e)}
			sandbox="allow-popups allow-popups-to-escape-sandbox"
			referrerpolicy="no-referrer" srcdoc={safe.value.html} /> :
			<div class="paper" />}
	</>;
}

function Attachment({ part }: { part: Part }) {
	const name = part.name ?? part.type;
	const url = downloadUrl(part.blobId ?? '', name, part.type);
	const image = /^image\/(png|jpeg|gif|webp)$/.test(part.type) &&
		part.size < 4 << 20;
	return (
		<li>
			<a href={url} download={name} title={t.download(name)}>
				{image ? <img src={url} alt="" loading="lazy" /> :
					<Icon name="clip" />}
				<span class="name" dir="auto">{name}</span>
				<span class="size">{size(part.size)}</span>
			</a>
		</li>
	);
}

/** Parts that the text shows in itself are not listed again. */
function Attachments({ e }: { e: FullEmail }) {
	const html = htmlOf(e);
	const parts = e.attachments.filter((p) => p.blobId &&
		!(p.cid && html.includes(`cid:${p.cid}`)));
	return parts.length ? <ul class="attachments"
		aria-label={t.attachments(parts.length)}>
		{parts.map((p) => <Attachment key={p.blobId} part={p} />)}
	</ul> : null;
}

const People = ({ label, list }: { label: string; list: Address[] | null }) =>
	list?.length ? <div class="people"><span class="label">{label}</span>
		{list.map((a, i) => <span dir="auto" title={a.email}>
			{nameOf(a)}{a.name ? <span class="email"> {a.email}</span> : null}
			{i < list.length - 1 ? ', ' : ''}</span>)}
	</div> : null;

function Read({ e }: { e: FullEmail }) {
	const html = htmlOf(e);
	return <>
		<Attachments e={e} />
		{isTruncated(e) && <p class="images">{t.truncated} <a download
			href={downloadUrl(e.blobId, 'message.eml', 'message/rfc822')}>
			{t.wholeMessage}</a></p>}
		{html ? <Html e={e} html={html} /> : <Plain text={textOf(e)} />}
	</>;
}

export function Message({ email: e }: { email: Email }) {
	const body = bodyOf(e.id).value;
	const full = body && !('wrong' in body) ? body : undefined;
	useEffect(() => {
		void fetchBody(e.id);
	}, [e.id]);
	useEffect(() => {
		if (full)
			void setKeyword([e], '$seen', true);
	}, [full?.id]);
	const act = (what: (e: FullEmail) => unknown) => () => full && what(full);
	return (
		<article class="message">
			<header>
				<div>
					<People label={t.from} list={e.from} />
					<People label={t.to} list={e.to} />
					<People label={t.cc} list={e.cc} />
				</div>
				<div class="message-tools">
					<time dateTime={e.receivedAt}>{whenFull(e.receivedAt)}</time>
					{!canSend() ? null : e.keywords.$draft ?
						<IconButton icon="pen" label={t.draft}
							onClick={act(editDraft)} /> : <>
						<IconButton icon="reply" label={t.reply} keys="r"
							onClick={act((m) => reply(m, false))} />
						<IconButton icon="replyAll" label={t.replyAll} keys="a"
							onClick={act((m) => reply(m, true))} />
						<IconButton icon="forward" label={t.forward} keys="f"
							onClick={act(forward)} /></>}
				</div>
			</header>
			{body && 'wrong' in body ? <p class="wrong" role="alert">{body.wrong}</p> :
				full ? <Read e={full} /> : <div class="paper waiting" />}
		</article>
	);
}

/** One that is folded: a line that unfolds it. */
export const Folded = ({ email: e }: { email: Email }) => (
	<button type="button" class="folded" aria-expanded={false}
		onClick={() => unfolded.value = e.id}>
		{!e.keywords.$seen && <span class="dot" role="img" aria-label={t.unread} />}
		<span class="who" dir="auto">{e.from?.[0] ? nameOf(e.from[0]) : t.noSender}</span>
		<span class="preview" dir="auto">{e.preview}</span>
		<time dateTime={e.receivedAt}>{when(e.receivedAt)}</time>
	</button>
);
