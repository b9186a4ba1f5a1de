// A QR code of a text, byte mode, error correction L.        ISO/IEC 18004

// Of versions 1 to 20: codewords of a block that correct, and blocks.
const CHECKS = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24,
	28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

/** Where the patterns are that say where the rows and columns are. */
function alignments(version: number): number[] {
	if (version === 1)
		return [];
	const n = Math.floor(version / 7) + 2, size = version * 4 + 17;
	const step = Math.ceil((size - 13) / (n * 2 - 2)) * 2;
	const at = [6];
	for (let pos = size - 7; at.length < n; pos -= step)
		at.splice(1, 0, pos);
	return at;
}

/** Modules that are left for data and checks. */
function room(version: number): number {
	const n = alignments(version).length;
	return (16 * version + 128) * version + 64 -
		(n ? (25 * n - 10) * n - 55 : 0) - (version >= 7 ? 36 : 0);
}

// ---- checks: GF(2^8) modulo 0x11d --------------------------------------------

function times(a: number, b: number): number {
	let v = 0;
	for (let i = 7; i >= 0; i--)
		v = (v << 1) ^ ((v >> 7) * 0x11d) ^ ((b >> i & 1) * a);
	return v;
}

function checksOf(data: number[], n: number): number[] {
	const divisor = Array<number>(n).fill(0);
	divisor[n - 1] = 1;
	for (let i = 0, root = 1; i < n; i++, root = times(root, 2))
		for (let j = 0; j < n; j++)
			divisor[j] = times(divisor[j]!, root) ^ (divisor[j + 1] ?? 0);
	const left = Array<number>(n).fill(0);
	for (const octet of data) {
		const factor = octet ^ left.shift()!;
		left.push(0);
		divisor.forEach((d, i) => left[i]! ^= times(d, factor));
	}
	return left;
}

/** Data and checks in the order in which they are drawn. */
function codewords(octets: Uint8Array, version: number): number[] {
	const all = room(version) >> 3, blocks = BLOCKS[version - 1]!;
	const checks = CHECKS[version - 1]!, most = all - checks * blocks;
	const bits: number[] = [];
	const put = (v: number, n: number) => {
		for (let i = n - 1; i >= 0; i--)
			bits.push(v >> i & 1);
	};
	put(4, 4);
	put(octets.length, version < 10 ? 8 : 16);
	octets.forEach((o) => put(o, 8));
	put(0, Math.min(4, most * 8 - bits.length));
	put(0, -bits.length & 7);
	for (let pad = 0xec; bits.length < most * 8; pad ^= 0xec ^ 0x11)
		put(pad, 8);
	const data = Array.from({ length: most }, (_, i) =>
		bits.slice(i * 8, i * 8 + 8).reduce((v, bit) => v << 1 | bit, 0));
	// The last blocks have an octet more of data.
	const short = Math.floor(most / blocks), shorts = blocks - most % blocks;
	const parts = Array.from({ length: blocks }, (_, i) => {
		const from = i * short + Math.max(0, i - shorts);
		return data.slice(from, from + short + (i < shorts ? 0 : 1));
	});
	const ends = parts.map((p) => checksOf(p, checks));
	const out: number[] = [];
	for (let i = 0; i <= short; i++)
		parts.forEach((p) => i < p.length && out.push(p[i]!));
	for (let i = 0; i < checks; i++)
		ends.forEach((e) => out.push(e[i]!));
	return out;
}

// ---- drawing -----------------------------------------------------------------

/** Rows of dark modules; null: the text is too long. */
export function qr(text: string): boolean[][] | null {
	const octets = new TextEncoder().encode(text);
	let version = 1;
	const fits = (v: number) => octets.length * 8 + (v < 10 ? 12 : 20) <=
		((room(v) >> 3) - CHECKS[v - 1]! * BLOCKS[v - 1]!) * 8;
	while (version <= 20 && !fits(version))
		version++;
	if (version > 20)
		return null;
	const size = version * 4 + 17;
	const dark = Array.from({ length: size }, () =>
		Array<boolean>(size).fill(false));
	const taken = dark.map((row) => [...row]);
	const set = (x: number, y: number, on: boolean) => {
		if (x < 0 || y < 0 || x >= size || y >= size)
			return;
		dark[y]![x] = on;
		taken[y]![x] = true;
	};

	for (let i = 0; i < size; i++) {
		set(6, i, i % 2 === 0);
		set(i, 6, i % 2 === 0);
	}
	const square = (x: number, y: number, r: number, light: number[]) => {
		for (let dy = -r; dy <= r; dy++)
			for (let dx = -r; dx <= r; dx++)
				set(x + dx, y + dy, !light.includes(
					Math.max(Math.abs(dx), Math.abs(dy))));
	};
	for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const)
		square(x, y, 4, [2, 4]);
	const at = alignments(version), last = at.length - 1;
	at.forEach((x, i) => at.forEach((y, j) => {
		if (!(i === 0 && j === 0 || i === 0 && j === last ||
			i === last && j === 0))
			square(x, y, 2, [1]);
	}));

	// Level L, mask 0: 01 000, with its check bits, under 0x5412.
	let rest = 8;
	for (let i = 0; i < 10; i++)
		rest = rest << 1 ^ (rest >> 9) * 0x537;
	const format = (8 << 10 | rest) ^ 0x5412;
	for (let i = 0; i < 15; i++) {
		const on = (format >> i & 1) === 1;
		set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, on);
		set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, on);
	}
	set(8, size - 8, true);
	if (version >= 7) {
		let check = version;
		for (let i = 0; i < 12; i++)
			check = check << 1 ^ (check >> 11) * 0x1f25;
		const bits = version << 12 | check;
		for (let i = 0; i < 18; i++) {
			const on = (bits >> i & 1) === 1;
			const a = size - 11 + i % 3, b = Math.floor(i / 3);
			set(a, b, on);
			set(b, a, on);
		}
	}

	const words = codewords(octets, version);
	let bit = 0;
	for (let right = size - 1; right > 0; right -= 2) {
		if (right === 6)
			right = 5;
		const up = (right + 1 & 2) === 0;
		for (let i = 0; i < size; i++)
			for (const x of [right, right - 1]) {
				const y = up ? size - 1 - i : i;
				if (taken[y]![x])
					continue;
				const v = words[bit >> 3] ?? 0;
				dark[y]![x] = ((v >> (7 - bit % 8) & 1) === 1) !==
					((x + y) % 2 === 0);
				bit++;
			}
	}
	return dark;
}
