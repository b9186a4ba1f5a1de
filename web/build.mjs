// One script, what it loads later, one sheet of style, and the page that names
// them: into out/, each file called by its content.
import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const { metafile } = await build({
	entryPoints: ['src/main.tsx', 'src/style.css', 'src/icon.svg'],
	bundle: true,
	splitting: true,
	format: 'esm',
	minify: true,
	target: 'es2022',
	jsx: 'automatic',
	jsxImportSource: 'preact',
	loader: { '.svg': 'copy' },
	outdir: 'out',
	entryNames: 'assets/[hash]',
	chunkNames: 'assets/[hash]',
	assetNames: 'assets/[hash]',
	charset: 'utf8',
	legalComments: 'none',
	metafile: true,
	logLevel: 'error',
});

const made = {};
for (const [path, output] of Object.entries(metafile.outputs))
	if (output.entryPoint)
		made[output.entryPoint] = path.slice('out'.length);
const early = metafile.outputs[`out${made['src/main.tsx']}`].imports
	.filter((i) => i.kind === 'import-statement')
	.map((i) => `<link rel="modulepreload" href="${i.path.slice(3)}">`);
const page = (await readFile('src/index.html', 'utf8'))
	.replace('{early}', early.join('\n'))
	.replace('{script}', made['src/main.tsx'])
	.replace('{style}', made['src/style.css'])
	.replace('{icon}', made['src/icon.svg']);
await mkdir('out', { recursive: true });
await writeFile('out/index.html', page);
