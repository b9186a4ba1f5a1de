// Without the server: when it is looked for, and what is done when it is back.
import { effect, signal } from '@preact/signals';
import { offline, person, reach, wentAway } from '../jmap';
import { flush } from './queue';

const WAITS_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000];

/** How often it came back: what is looked at is asked for again. */
export const returns = signal(0);

let timer = 0, tries = 0, busy = false;

async function attempt() {
	clearTimeout(timer);
	if (busy || !offline.peek() || !person.peek())
		return;
	busy = true;
	const back = await reach();
	busy = false;
	if (!back) {
		wait();
		return;
	}
	await flush();
	returns.value++;
}

function wait() {
	clearTimeout(timer);
	timer = window.setTimeout(() => void attempt(),
		WAITS_MS[Math.min(tries++, WAITS_MS.length - 1)]);
}

effect(() => {
	clearTimeout(timer);
	tries = 0;
	if (offline.value)
		wait();
});

/** What the system says of the network is no more than a hint. */
addEventListener('offline', wentAway);
addEventListener('online', () => void attempt());
document.addEventListener('visibilitychange', () => {
	if (!document.hidden)
		void attempt();
});
/** They would rather not wait. */
export const tryNow = attempt;
