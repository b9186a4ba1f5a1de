// The end of a sign-in, where they want it.
import { signOut } from '../jmap';
import { finish } from './compose';
import { goMailbox } from './place';
import { sayWrong } from './say';

/** Not before what is not told yet was, or they know that it is lost. */
export async function leave(everywhere: boolean) {
	try {
		if (!await finish())
			return;
		await signOut(everywhere);
		goMailbox('');	// whoever comes next begins at their own inbox
	} catch (e) {
		sayWrong(e);
	}
}
