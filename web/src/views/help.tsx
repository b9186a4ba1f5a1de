import { signal } from '@preact/signals';
import { usable } from '../keys';
import { t } from '../texts';
import { Dialog } from './dialog';

export const helpShown = signal(false);

export const Help = () => helpShown.value ? (
	<Dialog label={t.keys} close={() => helpShown.value = false}>
		<h2>{t.keys}</h2>
		<dl class="keys">
			{usable().map(({ keys, name }) => <div>
				<dt>{keys.split(' ').map((k) => <kbd>{k}</kbd>)}</dt>
				<dd>{t.keyNames[name]}</dd>
			</div>)}
			<div><dt><kbd>Ctrl</kbd><kbd>Enter</kbd></dt>
				<dd>{t.keyNames.send}</dd></div>
		</dl>
	</Dialog>
) : null;
