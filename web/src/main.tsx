import { effect, untracked, useSignalEffect } from '@preact/signals';
import { render } from 'preact';
import './keys';
import { findPerson, leftUndone, person, wasSignedOut } from './jmap';
import { mailboxes } from './model/mailboxes';
import { identities, writing } from './model/compose';
import { enqueueAll, forgetQueue, openQueue, type Queued } from './model/queue';
import { say, sayWrong } from './model/say';
import { language, t } from './texts';
import { Mail } from './views/mail';
import { SignIn } from './views/signin';

/** Nothing is shown before it is known who it is: no form that goes again. */
function App() {
	// For nobody nothing is asked or kept any more.
	useSignalEffect(() => {
		if (person.value === null) {
			mailboxes.value = [];
			document.title = 'Postern';
			// Whoever did not want to leave comes again, to this page.
			if (wasSignedOut.peek())
				return;
			identities.value = [];
			writing.value = null;
			forgetQueue();
		}
	});
	return person.value ? <Mail /> : person.value === null ? <SignIn /> : null;
}

/** What was left to be told, here or in a sign-in before. */
async function goOn(user: string) {
	const left = await leftUndone();
	if (left === null)
		say(t.sealedLost, undefined, 15_000);
	else if (left.length)
		await enqueueAll(left as Queued[], user);
	await openQueue();
}
effect(() => {
	const who = person.value;
	if (who)
		untracked(() => void goOn(who.user));
});

const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
if (language === 'de' && link)
	link.href = link.dataset.de!;

render(<App />, document.body);
findPerson().catch((e) => {
	person.value ??= null;
	sayWrong(e);
});
