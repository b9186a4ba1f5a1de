import { useSignalEffect } from '@preact/signals';
import { render } from 'preact';
import './keys';
import { findPerson, person } from './jmap';
import { mailboxes } from './model/mailboxes';
import { writing } from './model/compose';
import { sayWrong } from './model/say';
import { Mail } from './views/mail';
import { SignIn } from './views/signin';

/** Nothing is shown before it is known who it is: no form that goes again. */
function App() {
	// For nobody nothing is asked or kept any more.
	useSignalEffect(() => {
		if (person.value === null) {
			mailboxes.value = [];
			writing.value = null;
			document.title = 'Postern';
		}
	});
	return person.value ? <Mail /> : person.value === null ? <SignIn /> : null;
}

render(<App />, document.body);
findPerson().catch((e) => {
	person.value ??= null;
	sayWrong(e);
});
