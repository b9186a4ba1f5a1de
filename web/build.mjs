// One script, what it loads later, one sheet of style, and the page that names
// them: into out/, each file called by its content. Beside them what a device
// installs the page by, and the worker that keeps these files there.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const ICONS = ['icon.svg', 'icon-192.png', 'icon-512.png', 'icon-full-512.png'];
/** What it is, to whoever asks whether to install it. */
const DESCRIPTIONS = { en: 'Your mail, on your own server.',
	de: 'Ihre Post auf Ihrem eigenen Server.' };

const common = { bundle: true, format: 'esm', minify: true, target: 'es2022',
	charset: 'utf8', legalComments: 'none', logLevel: 'error' };
const { metafile } = await build({
	...common,
	entryPoints: ['src/main.tsx', 'src/style.css',
		...ICONS.map((icon) => `src/${icon}`)],
	splitting: true,
	jsx: 'automatic',
	jsxImportSource: 'preact',
	loader: { '.svg': 'copy', '.png': 'copy' },
	outdir: 'out',
	entryNames: 'assets/[hash]',
	chunkNames: 'assets/[hash]',
	assetNames: 'assets/[hash]',
	metafile: true,
});

const hashOf = (...texts) => createHash('sha256').update(texts.join('\n'))
	.digest('hex').slice(0, 12).toUpperCase();
const made = {};
for (const [path, output] of Object.entries(metafile.outputs))
	if (output.entryPoint)
		made[output.entryPoint.slice('src/'.length)] = path.slice('out'.length);

const manifest = JSON.parse(await readFile('src/manifest.json', 'utf8'));
for (const icon of manifest.icons)
	icon.src = made[icon.src];
for (const [lang, description] of Object.entries(DESCRIPTIONS)) {
	const text = JSON.stringify({ ...manifest, lang, description });
	made[`manifest.${lang}`] = `/assets/${hashOf(text)}.webmanifest`;
	await writeFile(`out${made[`manifest.${lang}`]}`, text);
}

const early = metafile.outputs[`out${made['main.tsx']}`].imports
	.filter((i) => i.kind === 'import-statement')
	.map((i) => `<link rel="modulepreload" href="${i.path.slice(3)}">`);
const page = (await readFile('src/index.html', 'utf8'))
	.replace('{early}', early.join('\n'))
	.replace('{script}', made['main.tsx'])
	.replace('{style}', made['style.css'])
	.replace('{icon}', made['icon.svg'])
	.replace('{touch}', made['icon-192.png'])
	.replace('{en}', made['manifest.en'])
	.replace('{de}', made['manifest.de']);
await mkdir('out', { recursive: true });
await writeFile('out/index.html', page);

// Of pictures the page itself shows one; the system keeps the others.
const files = [...Object.keys(metafile.outputs).map((path) => path.slice(3)),
	made['manifest.en'], made['manifest.de']]
	.filter((path) => !/\.png$/.test(path)).sort();
await build({
	...common,
	entryPoints: ['src/worker.ts'],
	outfile: 'out/worker.js',
	define: { FILES: JSON.stringify(files), SCRIPT: `"${made['main.tsx']}"`,
		VERSION: `"${hashOf(page, ...files)}"` },
});
