// Drawn on a field of 24 by 24, lines of 1.7.
const paths = {
	inbox: 'M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20',
	drafts: 'M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3',
	sent: 'M4 12l16-8-5 17-4-7zM11 14l9-10',
	archive: 'M4 5h16v4H4zM5.5 9v10h13V9M10 13h4',
	junk: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 8v5M12 16v.2',
	trash: 'M5 7h14M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5M14 11v5',
	folder: 'M4 18.500V6h5l2 2.500h9v10z',
	search: 'M10.5 4.500a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5',
	menu: 'M4 7h16M4 12h16M4 17h16',
	back: 'M14.5 5l-7 7 7 7',
	close: 'M6 6l12 12M18 6L6 18',
	pen: 'M5 19l1-4L16.5 4.5l3 3L9 18z',
	reply: 'M10 6l-6 6 6 6M4 12h9c4 0 6.5 2 7 6',
	replyAll: 'M12 6l-6 6 6 6M7.5 6l-6 6 6 6M6 12h8c4 0 6 2 6.5 6',
	forward: 'M14 6l6 6-6 6M20 12h-9c-4 0-6.5 2-7 6',
	flag: 'M6 21V4h11l-2.5 4L17 12H6',
	move: 'M4 18.500V6h5l2 2.500h9v10zM9 13.500h6M13 11l2.5 2.500L13 16',
	read: 'M3.5 10L12 4l8.5 6v9.500h-17zM3.5 10l8.5 6 8.5-6',
	unread: 'M3.5 6h17v12.500h-17zM3.5 6.500l8.5 6.5 8.5-6.5',
	clip: 'M18.5 11l-6.8 6.800a4 4 0 0 1-5.7-5.700L13 5.200a2.7 2.7 0 0 1 3.8 3.800L10 15.800a1.3 1.3 0 0 1-1.9-1.900L14 8',
	answered: 'M10 6l-6 6 6 6M4 12h9c4 0 6.5 2 7 6',
	plus: 'M12 5v14M5 12h14',
	more: 'M6 12h.2M12 12h.2M18 12h.2',
	keys: 'M3.5 7h17v10.500h-17zM7 10.500h.2M10.5 10.500h.2M14 10.500h.2M17 10.500h.2M8 14.200h8',
	person: 'M12 4.500a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.400M4.5 20c.8-4 3.6-6 7.5-6s6.7 2 7.5 6',
	outbox: 'M4 14v5h16v-5M12 15V4M7.5 8.500L12 4l4.5 4.500',
	clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 7.5V12l3 2',
	check: 'M5 12.500l4.5 4.500L19 7.5',
};
export type IconName = keyof typeof paths;

export const Icon = ({ name, filled }: { name: IconName; filled?: boolean }) => (
	<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"
		fill={filled ? 'currentColor' : 'none'} stroke="currentColor"
		stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">
		<path d={paths[name]} />
	</svg>
);

/** A button that is only its icon; its name is heard, and seen by waiting. */
export const IconButton = ({ icon, label, onClick, keys, pressed, disabled,
	class: more }: {
	icon: IconName; label: string; onClick: (e: MouseEvent) => void;
	keys?: string; pressed?: boolean; disabled?: boolean; class?: string;
}) => (
	<button type="button" class={`icon-button ${more ?? ''}`} aria-label={label}
		title={keys ? `${label} (${keys})` : label} onClick={onClick}
		aria-pressed={pressed} disabled={disabled}>
		<Icon name={icon} filled={pressed} />
	</button>
);
